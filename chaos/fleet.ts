import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createConnection } from 'mysql2/promise';
import { type DatabaseServer, startDatabaseServer } from '../test/support/database-server.ts';
import { createKey } from '../test/support/event-stream.ts';
import { createSandbox, type Program } from '../test/support/process.ts';
import { createRelay, type Relay } from '../test/support/relay.ts';
import type { Fault, History } from './history.ts';
import type { Options } from './options.ts';
import type { PlannedFault } from './plan.ts';
import { shortTimes } from './times.ts';

const databaseName = 'chaos';
const lockedRows = 5;

export interface Fleet {
  /** Addresses of the gateways; they stay the same. */
  readonly urls: readonly string[];
  readonly authorization: string;
  /** Lets the fault happen, and resolves when it is over and the process is up again. */
  inflict(fault: PlannedFault): Promise<void>;
  /** Ends all processes with SIGTERM; resolves to what was wrong about it. */
  stop(): Promise<string[]>;
  /** Kills everything and removes its files. */
  remove(): Promise<void>;
}

/** Starts the gateways on a database of their own. */
export async function startFleet(options: Options, history: History, ports: readonly number[]): Promise<Fleet> {
  const sandbox = createSandbox();
  let server: DatabaseServer | undefined;
  const relays: Relay[] = [];
  const programs: Program[] = [];
  const key = randomBytes(32).toString('base64');

  const remove = async (): Promise<void> => {
    server?.thaw();
    await sandbox.remove();
    for (const relay of relays) relay.close();
    await server?.stop();
  };

  const environment = (index: number): Record<string, string> => ({
    ...shortTimes,
    ENCRYPTION_KEY: key,
    PORT: String(ports[index] ?? 0),
    DATABASE_URL: relays[index]
      ? `mysql://root@127.0.0.1:${relays[index].port}/${databaseName}`
      : `sqlite:${join(sandbox.folder, 'chaos.db')}`,
    ...(options.withoutFencing ? { NODE_OPTIONS: `--import=${preload}` } : {}),
  });
  const start = async (index: number): Promise<void> => {
    const program = sandbox.start([], environment(index));
    programs[index] = program;
    await program.ready();
  };

  try {
    if (options.engine === 'mariadb') {
      server = await startDatabaseServer();
      await query(server, `create database ${databaseName}`);
      for (let index = 0; index < options.processes; index += 1) relays.push(await createRelay(server.port));
    }
    await start(0);
    const authorization = await createKey({ ...environment(0), PORT: '0' });
    for (let index = 1; index < options.processes; index += 1) await start(index);
    const faults = createFaults({ programs, relays, start, server });
    return {
      urls: ports.slice(0, options.processes).map((port) => `http://127.0.0.1:${port}`),
      authorization,
      inflict: async ({ kind, process, lastsMs }) => {
        const fault: Fault = { kind, process, from: Date.now(), to: Number.POSITIVE_INFINITY };
        history.faults.push(fault);
        await faults[kind](process, lastsMs);
        fault.to = Date.now();
      },
      stop: async () => {
        const ends = await Promise.all(programs.map((program) => program.end()));
        return ends.flatMap(({ code, signal }, index) =>
          code === 0
            ? []
            : [`process ${index} ended with ${signal ?? code}: ${programs[index]?.printed.stderr.slice(-2000)}`],
        );
      },
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

const preload = pathToFileURL(join(import.meta.dirname, 'without-fencing.mjs')).href;

const connectTo = (server: DatabaseServer) => createConnection({ host: '127.0.0.1', port: server.port, user: 'root' });

async function query(server: DatabaseServer, sql: string): Promise<unknown> {
  const connection = await connectTo(server);
  try {
    return (await connection.query(sql))[0];
  } finally {
    await connection.end();
  }
}

type Inflict = (process: number, lastsMs: number) => Promise<void>;

function createFaults(parts: {
  programs: readonly Program[];
  relays: readonly Relay[];
  start: (index: number) => Promise<void>;
  server: DatabaseServer | undefined;
}): Record<PlannedFault['kind'], Inflict> {
  const { programs, relays, start, server } = parts;
  const onServer = (work: (server: DatabaseServer) => Promise<void>): Promise<void> =>
    server ? work(server) : Promise.resolve();

  return {
    kill: async (index) => {
      await programs[index]?.end('SIGKILL');
      await start(index);
    },
    restart: async (index) => {
      await programs[index]?.end('SIGTERM');
      await start(index);
    },
    freeze: async (index, lastsMs) => {
      programs[index]?.process.kill('SIGSTOP');
      await sleep(lastsMs);
      programs[index]?.process.kill('SIGCONT');
    },
    silence: async (index, lastsMs) => {
      const end = relays[index]?.silence();
      await sleep(lastsMs);
      end?.();
    },
    'freeze-database': (_, lastsMs) =>
      onServer(async (frozen) => {
        frozen.freeze();
        await sleep(lastsMs);
        frozen.thaw();
      }),
    cut: () => onServer(cutConnections),
    lock: (_, lastsMs) => onServer((locked) => lockRows(locked, lastsMs)),
  };
}

/** Ends all connections of the gateways. */
async function cutConnections(server: DatabaseServer): Promise<void> {
  const sql = `select id from information_schema.processlist where db = '${databaseName}'`;
  const connections = (await query(server, sql)) as { id: number }[];
  // A connection that has ended by itself cannot be ended.
  for (const { id } of connections) await query(server, `kill ${id}`).catch(() => undefined);
}

/** Locks some rows of the queue, as a person at a console would. */
async function lockRows(server: DatabaseServer, lastsMs: number): Promise<void> {
  const connection = await connectTo(server);
  try {
    await connection.query('set transaction isolation level read committed');
    await connection.query('begin');
    await connection.query(
      `select delivery_id from ${databaseName}.dispatcher_queue limit ${lockedRows} for update skip locked`,
    );
    await sleep(lastsMs);
  } finally {
    await connection.end();
  }
}
