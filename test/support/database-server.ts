import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { eventually } from './eventually.ts';
import { spawnChild } from './spawn-child.ts';

/** A MariaDB or MySQL server of the test's own, in a temporary folder on a free port of the loopback address. */
export interface DatabaseServer {
  /** `mysql://root@127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** Ends the server at once, as a crash would. */
  kill(): Promise<void>;
  /** Holds the server still, with its connections open, until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** Starts it again on the same data and port. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

export interface DatabaseServerOptions {
  /** Every commit reaches the disk, as on a server that is not a test's. Default: the operating system's memory is enough. */
  durable?: boolean;
  /** Size of its cache of tables. Default: 256. */
  bufferPoolMb?: number;
  /** `max_allowed_packet`. Default: 16, as of MariaDB. */
  maxPacketMb?: number;
  /** Time zone of the server, for instance `Europe/Berlin`. Default: of this process. */
  timeZone?: string;
  /** More options of the server, such as `--autocommit=0`. */
  more?: readonly string[];
}

const startTimeoutMs = 60_000;

/** Full path of a server's program, or undefined when the machine has none. */
export function findServerProgram(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  return ['mariadbd', 'mysqld']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}

export async function startDatabaseServer(options: DatabaseServerOptions = {}): Promise<DatabaseServer> {
  const { durable = false, bufferPoolMb = 256, maxPacketMb = 16, timeZone, more = [] } = options;
  const env = timeZone === undefined ? process.env : { ...process.env, TZ: timeZone };
  const program = findServerProgram();
  if (!program) throw new Error('There is no mariadbd or mysqld on this machine.');
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-db-'));
  const data = join(folder, 'data');
  const port = await freePort();
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  await initialise(program, folder, user);

  const args = [
    '--no-defaults',
    ...user,
    `--datadir=${data}`,
    `--socket=${join(folder, 's')}`,
    `--pid-file=${join(folder, 'pid')}`,
    // A server clears its temporary folder at start, including files of other servers.
    `--tmpdir=${folder}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    `--innodb-buffer-pool-size=${bufferPoolMb}M`,
    '--max-connections=500',
    `--max-allowed-packet=${maxPacketMb}M`,
    // Tests kill the server's process, never the machine: the operating system keeps what was written.
    ...(durable ? [] : ['--innodb-flush-log-at-trx-commit=2']),
    ...more,
  ];
  let server: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    server = spawnChild(program, args, { stdio: 'ignore', env });
    await waitUntilUp(port, server);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!server || hasEnded(server)) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  };

  await start();
  return {
    url: `mysql://root@127.0.0.1:${port}`,
    port,
    kill: () => end('SIGKILL'),
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    restart: start,
    stop: async () => {
      await end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function initialise(program: string, folder: string, user: string[]): Promise<void> {
  const data = join(folder, 'data');
  const run = promisify(execFile);
  // A temporary folder of its own: a starting server clears the one that it shares with others.
  const own = { env: { ...process.env, TMPDIR: folder } };
  if (program.endsWith('mysqld')) {
    await run(program, ['--no-defaults', ...user, '--initialize-insecure', `--datadir=${data}`], own);
    return;
  }
  const basic = [
    '--no-defaults',
    ...user,
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ];
  await run('mariadb-install-db', basic, own);
}

async function waitUntilUp(port: number, server: ChildProcess): Promise<void> {
  await eventually(async () => {
    if (hasEnded(server)) throw new Error(`The database server ended: ${server.signalCode ?? server.exitCode}.`);
    try {
      const connection = await createConnection({ host: '127.0.0.1', port, user: 'root', connectTimeout: 5000 });
      await connection.end();
      return true;
    } catch {
      return false;
    }
  }, startTimeoutMs);
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

/** Finds a free port. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
