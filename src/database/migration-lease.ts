import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { StartError } from '../errors.ts';
import type { Database } from './database.ts';
import { isConflict } from './database-errors.ts';
import { ensureTable } from './schema.ts';
import { timeSql } from './sql-text.ts';
import { readCommands } from './thread-watch.ts';

const table = 'gateway_running_migrations';
const name = 'migrations';
const leaseSeconds = 30;
const renewMs = 5000;
const pollMs = 200;

interface Lease {
  /** Token of the process that holds the lease; empty if none does. */
  holder: string;
  /** Server and user of the connection that the migrations run on. */
  server: string;
  connection: number;
  /** Microseconds, by the clock of the server. */
  expires_at: number;
}

/** The connection of this process, as the server knows it. */
type Own = Pick<Lease, 'holder' | 'server' | 'connection'>;

/**
 * Runs `work` in one process at a time, over all processes and all nodes of a cluster. The lease is a row that its holder
 * renews, and not `GET_LOCK`, which clusters refuse and which is local to a node. On the holder's own server, its connection
 * tells more: without it the lease is free at once, and while a statement of a killed process still runs, it is not.
 * While another process holds the lease, `onBusy` is called, if given, and may throw.
 */
export async function underLease(
  database: Database,
  work: (knex: Knex) => Promise<void>,
  onBusy?: () => never,
): Promise<void> {
  const knex = database.openSingle();
  try {
    const own = await ownConnection(database, knex);
    await ensureLease(knex);
    while (!(await take(database, knex, own))) {
      onBusy?.();
      await sleep(pollMs * (0.5 + Math.random()));
    }
    try {
      await renewing(database, own, () => work(knex));
    } finally {
      const release = knex(table).where({ name, holder: own.holder }).update({ holder: '' });
      // The end of the connection releases it as well, on this server.
      await release.catch(() => undefined);
    }
  } finally {
    await knex.destroy();
  }
}

async function ownConnection(database: Database, knex: Knex): Promise<Own> {
  const sql =
    "select connection_id() as number, concat_ws(' ', @@hostname, @@port, @@server_id, current_user()) as server";
  const [row] = database.rows<{ number: number; server: string }>(await knex.raw(sql));
  return { holder: randomUUID(), server: (row?.server ?? '').slice(0, 255), connection: Number(row?.number) };
}

async function ensureLease(knex: Knex): Promise<void> {
  const define = (columns: Knex.CreateTableBuilder): void => {
    columns.string('name', 64).notNullable().primary();
    columns.string('holder', 64).notNullable();
    columns.string('server', 255).notNullable();
    columns.bigInteger('connection').notNullable();
    columns.bigInteger('expires_at').notNullable();
  };
  await ensureTable(knex, table, define).catch((error: Error & { code?: string }) => {
    // Another process was faster.
    if (error.code !== 'ER_TABLE_EXISTS_ERROR') throw error;
  });
  await knex(table).insert({ name, holder: '', server: '', connection: 0, expires_at: 0 }).onConflict('name').ignore();
}

const expiry = `${timeSql('mysql')} + ${leaseSeconds * 1_000_000}`;

/** Takes the lease if it is free. */
async function take(database: Database, knex: Knex, own: Own): Promise<boolean> {
  const now = knex.raw(`${timeSql('mysql')} as now`);
  const found: (Lease & { now: number }) | undefined = await knex(table).where({ name }).first('*', now);
  if (!found || (found.holder !== '' && (await isAlive(database, knex, own, found)))) return false;
  try {
    const change = knex(table).where({ name, holder: found.holder });
    return (await change.update({ ...own, expires_at: knex.raw(expiry) })) === 1;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}

async function isAlive(database: Database, knex: Knex, own: Own, found: Lease & { now: number }): Promise<boolean> {
  const isFresh = Number(found.expires_at) > Number(found.now);
  if (found.server !== own.server) return isFresh;
  const query = async (sql: string): Promise<unknown> => database.rows(await knex.raw(sql));
  const commands = await readCommands(query, own.connection);
  if (!commands) return isFresh;
  const command = commands.get(Number(found.connection));
  if (command === undefined) return false;
  return isFresh || command !== 'Sleep';
}

/** Runs `work` and renews the lease meanwhile. Throws `StartError` if another process has taken it. */
async function renewing(database: Database, own: Own, work: () => Promise<void>): Promise<void> {
  let isLost = false;
  const renew = async (): Promise<void> => {
    const change = (db: Knex) =>
      db(table)
        .where({ name, holder: own.holder })
        .update({ expires_at: db.raw(expiry) });
    isLost = (await database.reserved.statement(change)) === 0;
  };
  // A renewal that fails is tried again with the next one.
  const timer = setInterval(() => void renew().catch(() => undefined), renewMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  if (isLost) throw new StartError('Another process has migrated at the same time. Start again.');
}
