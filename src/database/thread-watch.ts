import { randomUUID } from 'node:crypto';
import type { Connection } from 'mysql2';
import { answeredWithin } from '../answered-within.ts';
import { prepareSession } from './session.ts';

/** The connections of this user, as the server sees them at one moment. */
export interface ThreadLook {
  /** Identity of the server. */
  readonly server: string;
  /** By number of the connection: `Sleep`, or the kind of the statement that runs. */
  readonly commands: ReadonlyMap<number, string>;
}

const lookTimeoutMs = 3000;

interface Thread {
  Id: number;
  Command: string;
  Info: string | null;
}

export interface ThreadWatch {
  /** Asks the server. An earlier answer serves if its look began at `since` or later. Undefined: no answer, or a proxy hides the connections. */
  look(since: number): Promise<ThreadLook | undefined>;
  /** Ends a dead connection on its server, where its transaction still holds locks. It must be asleep. */
  kill(server: string, number: number): void;
}

/** Asks the server for its connections, on a connection of its own. */
export function createThreadWatch(open: () => Connection): ThreadWatch {
  let latest: { at: number; look: Promise<ThreadLook | undefined> } | undefined;
  let dead = new Map<number, string>();
  let isKilling = false;

  async function killAll(): Promise<void> {
    while (dead.size > 0) {
      const batch = dead;
      dead = new Map();
      await onConnection(open, (connection) => killSleeping(connection, batch));
    }
    isKilling = false;
  }

  return {
    look: (since) => {
      if (!latest || latest.at < since) {
        const at = performance.now();
        latest = { at, look: onConnection(open, readThreads) };
      }
      return latest.look;
    },
    kill: (server, number) => {
      dead.set(number, server);
      if (isKilling) return;
      isKilling = true;
      // Others are found dead in the same turn.
      setImmediate(() => void killAll());
    },
  };
}

/** Undefined if `work` fails or takes too long. */
async function onConnection<T>(open: () => Connection, work: (connection: Connection) => Promise<T>) {
  const connection = open();
  connection.on('error', () => undefined);
  try {
    return await answeredWithin(lookTimeoutMs, work(connection), () => new Error('late'));
  } catch {
    return undefined;
  } finally {
    (connection as unknown as { stream: { destroy(): void } }).stream.destroy();
  }
}

async function killSleeping(connection: Connection, dead: ReadonlyMap<number, string>): Promise<void> {
  const look = await readThreads(connection);
  for (const [number, server] of dead) {
    if (look?.server !== server || look.commands.get(number) !== 'Sleep') continue;
    await connection
      .promise()
      .query(`kill ${number}`)
      .catch(() => undefined);
  }
}

async function readThreads(connection: Connection): Promise<ThreadLook | undefined> {
  const { server, threadId } = await prepareSession(connection, 60);
  const query = async (sql: string): Promise<unknown> => (await connection.promise().query(sql))[0];
  const commands = await readCommands(query, threadId);
  return commands && { server, commands };
}

/**
 * Reads the connections of this user, by number. `query` is on the connection `own`. Undefined if the list does not have this very
 * statement in it: a proxy hides the connections of the server.
 */
export async function readCommands(
  query: (sql: string) => Promise<unknown>,
  own: number,
): Promise<ReadonlyMap<number, string> | undefined> {
  const token = randomUUID();
  const threads = (await query(`show /* ${token} */ full processlist`)) as Thread[];
  const isSeen = threads.some(({ Id, Info }) => Number(Id) === own && Info?.includes(token));
  return isSeen ? new Map(threads.map(({ Id, Command }) => [Number(Id), Command])) : undefined;
}
