import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { settledWithin } from '../answered-within.ts';
import type { Config } from '../config.ts';
import { isOutage } from '../errors.ts';
import {
  isConflict,
  isLostConnection,
  isRefused,
  isSpent,
  isUnavailable,
  markAsQuoting,
  toSafeError,
} from './database-errors.ts';
import { withDeadline } from './deadline.ts';
import { type MysqlLimits, openMysql } from './open-mysql.ts';
import { openSqlite } from './open-sqlite.ts';
import { idList } from './sql-text.ts';
import { writeProbe } from './write-probe.ts';

export type { Knex } from 'knex';

export type Engine = 'sqlite' | 'mysql';

export interface TransactionOptions {
  /** The transaction is idempotent: it may also be repeated when the response to COMMIT was lost. */
  repeatable?: boolean;
}

/** Where the database is, as the log names it: without user and password. */
export type DatabasePlace = { readonly file: string } | { readonly host: string; readonly port: number };

export interface Database {
  readonly engine: Engine;
  readonly place: DatabasePlace;
  /** The embedded database's file; undefined on a server. */
  readonly file: string | undefined;
  /**
   * The same database on connections of its own, without a limit of reads: for the dispatcher, its look-ups of endpoints,
   * and readiness. Calls that occupy all other connections do not delay them. On SQLite it has the only connection.
   */
  readonly reserved: Database;
  /** For migrations and internals of this folder; other code uses `read` and `transaction`. */
  readonly knex: Knex;
  /** A pool of one connection without statement timeout, for locks tied to a connection. The caller destroys it. */
  openSingle(): Knex;
  /** SQL suffix of a locking SELECT that skips rows locked by others; empty on the embedded database. */
  readonly skipLocked: string;
  /**
   * Index hint after the table name of a locking SELECT by primary key. On a small table the servers would otherwise
   * scan and lock every row.
   */
  readonly byKey: string;
  /** Index hint after the table's name and alias: a query reads the table by this index alone. */
  useIndex(name: string): string;
  /**
   * A DELETE of the rows whose primary key `column` is one of `ids`, and of no other: on a small table the servers would
   * scan every row for an IN list, and wait for rows that others have locked. `condition` is about the table `x`.
   */
  deleteByIds(table: string, column: string, ids: readonly string[], condition?: string): string;
  /**
   * A SELECT of the distinct values of a column that begins an index, in the order of their bytes, as `value`: a seek for each.
   * Bindings: the value before the first one and, with `isLimited`, the number of values.
   */
  distinct(table: string, column: string, isLimited?: boolean): string;
  /** Number of rows that a `knex.raw` statement removed or changed. `answer` has a different shape for each driver. */
  changes(answer: unknown): number;
  /** The rows of a `knex.raw` SELECT. `answer` has a different shape for each driver. */
  rows<T>(answer: unknown): T[];
  /**
   * Runs reads outside a transaction, and repeats them once when the connection was lost or the server refuses to work. Throws
   * `DATABASE_UNAVAILABLE` when the server is away or does not answer within 10 s, and `QUERY_TIMEOUT` when the server has
   * ended a SELECT after 5 s; not on `reserved`.
   */
  read<T>(work: (db: Knex) => Promise<T>): Promise<T>;
  /**
   * Runs `work` in a transaction (READ COMMITTED on servers) and commits. Runs it again after a deadlock, if the
   * server refuses to work, or if the connection was lost before COMMIT was sent, so `work` must have no effects outside the database. Throws
   * `DATABASE_UNAVAILABLE` when the database is away.
   */
  transaction<T>(work: (trx: Knex.Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Runs one writing statement without a transaction; repeats it only if it was not executed: a deadlock, a server that refuses. */
  statement<T>(work: (db: Knex) => Promise<T>): Promise<T>;
  /** Adds `FOR UPDATE NOWAIT`: a locked row is an error at once. The embedded database needs no row locks. */
  lockWithoutWaiting<R extends object>(query: Knex.QueryBuilder<R>): Knex.QueryBuilder<R>;
  /**
   * Whether the database answers on a new connection. A failed statement does not tell: a server also closes the
   * connection of a statement that it refuses. Never rejects.
   */
  isReachable(): Promise<boolean>;
  /** Sets the listener of failures that are an outage, of this database and of `reserved`: the errors of the driver. */
  onOutage(listener: (error: unknown) => void): void;
  /**
   * Writes and deletes a row of so many bytes, on a server on a new connection. Rejects with the error of the driver, or with
   * `DATABASE_UNAVAILABLE` after 5 s.
   */
  probeWrite(bytes: number): Promise<void>;
  close(): Promise<void>;
}

/** Tells a transaction from the plain database. */
export const isTransaction = (db: Knex): db is Knex.Transaction => db.isTransaction === true;

const attempts = 5;
/** Timeout of a statement. Disabling an endpoint takes 1 s with 100,000 waiting deliveries, and grows linearly. */
const answerTimeoutMs = 60_000;
/** The server ends a SELECT of the callers' pool after this time: before the deadline of a read, so that none goes on after it. */
const readLimitMs = 5000;
/** Upper bound of `close`: a frozen server never completes the closing handshake. */
const closeTimeoutMs = 3000;

type DatabaseConfig = Pick<Config, 'DATABASE_URL' | 'DATABASE_POOL_MAX' | 'DATABASE_SSL' | 'DATABASE_SSL_CA'>;

/** Returns the database of `DATABASE_URL`. Connects on first use. `limits` is for tests. */
export function openDatabase(
  config: DatabaseConfig,
  { answerTimeoutMs: answerMs = answerTimeoutMs, readLimitMs: readMs = readLimitMs, ...limits }: MysqlLimits = {},
): Database {
  if (config.DATABASE_URL.startsWith('sqlite:')) {
    const file = resolve(config.DATABASE_URL.slice('sqlite:'.length));
    return createDatabase(config, openSqlite(file), { file }, createOutages());
  }
  const outages = createOutages();
  const place = serverPlace(config.DATABASE_URL);
  const { callers, reserved } = splitPool(config.DATABASE_POOL_MAX);
  const open = (max: number, limits: MysqlLimits): Knex => openMysql(config, { min: 0, max }, limits);
  const own = createDatabase(config, open(reserved, { ...limits, answerTimeoutMs: answerMs }), place, outages);
  const pool = open(callers, { ...limits, answerTimeoutMs: answerMs, readLimitMs: readMs });
  return createDatabase(config, pool, place, outages, own);
}

/** Divides the connections of a process: a quarter, and from four on at least two, is reserved. */
export function splitPool(connections: number): { callers: number; reserved: number } {
  const reserved = Math.max(1, Math.min(Math.floor(connections / 2), Math.max(2, Math.floor(connections / 4))));
  return { callers: Math.max(1, connections - reserved), reserved };
}

interface Outages {
  listener: (error: unknown) => void;
}

const createOutages = (): Outages => ({ listener: () => undefined });

/** Without `reserved`, the database is its own. */
function createDatabase(
  config: DatabaseConfig,
  knex: Knex,
  place: DatabasePlace,
  outages: Outages,
  reserved?: Database,
): Database {
  const file = 'file' in place ? place.file : undefined;
  const retrying = createRetrying(outages);
  const byKey = file ? '' : ' force index (primary)';
  knex.on('query-error', markAsQuoting);
  const closePool = (): Promise<unknown> => settledWithin(closeTimeoutMs, knex.destroy());

  const database: Database = {
    get reserved() {
      return reserved ?? database;
    },
    engine: file ? 'sqlite' : 'mysql',
    place,
    file,
    knex,
    openSingle: () => (file ? openSqlite(file) : openMysql(config, { min: 1, max: 1 })),
    skipLocked: file ? '' : ' for update skip locked',
    byKey,
    useIndex: (name) => (file ? ` indexed by ${name}` : ` force index (${name})`),
    distinct: file ? distinctBySeeks : distinctByServer,
    deleteByIds: file ? deleteFromList : deleteFromJoin,
    changes: (answer) =>
      file ? (answer as { changes: number }).changes : ((answer as { affectedRows: number }[])[0]?.affectedRows ?? 0),
    rows: <T>(answer: unknown) => (file ? answer : (answer as unknown[])[0]) as T[],
    read: (work) => retrying(() => withDeadline(work(knex)), mayReadAgain, 2),
    transaction: (work, { repeatable = false } = {}) => {
      let committing = false;
      const run = () => {
        committing = false;
        return knex.transaction(async (trx) => {
          try {
            const result = await work(trx);
            committing = true;
            return result;
          } catch (thrown) {
            // Knex takes a transaction that was rejected with nothing for a successful one.
            throw thrown ?? new Error(`the work of a transaction threw ${thrown}`);
          }
        });
      };
      const mayRepeat = (error: unknown): boolean =>
        isUndone(error) || (isLostConnection(error) && (repeatable || !committing));
      return retrying(run, mayRepeat, attempts);
    },
    statement: (work) => retrying(() => withDeadline(work(knex)), isUndone, attempts),
    lockWithoutWaiting: (query) => (file ? query : query.forUpdate().noWait()),
    isReachable: () => (file ? answers(knex) : onNew(config, answers)),
    onOutage: (listener) => {
      outages.listener = listener;
    },
    probeWrite: (bytes) => (file ? writeProbe(knex, bytes) : onNew(config, (one) => writeProbe(one, bytes))),
    close: async () => void (await Promise.all([closePool(), reserved?.close()])),
  };
  return database;
}

/** Nothing was executed, or nothing of it stays. */
const isUndone = (error: unknown): boolean => isConflict(error) || isRefused(error);
const mayReadAgain = (error: unknown): boolean => isConflict(error) || isSpent(error);

/**
 * Repeats `run` while `mayRepeat` allows it, `limit` runs at most, with growing jittered pauses. Errors carry no SQL.
 */
const createRetrying =
  (outages: Outages) =>
  async <T>(run: () => Promise<T>, mayRepeat: (error: unknown) => boolean, limit: number): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await run();
      } catch (error) {
        const isOver = attempt >= limit || !mayRepeat(error) || (isUnavailable(error) && attempt > 1);
        if (isOver) {
          const safe = toSafeError(error);
          if (isOutage(safe)) outages.listener(error);
          throw safe;
        }
        await sleep(attempt * 10 * (0.5 + Math.random()));
      }
    }
  };

function serverPlace(url: string): DatabasePlace {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 3306) };
}

const deleteFromList: Database['deleteByIds'] = (table, column, ids, condition = 'true') =>
  `delete from ${table} as x where ${column} in (${idList(ids)}) and ${condition}`;

const deleteFromJoin: Database['deleteByIds'] = (table, column, ids, condition = 'true') =>
  `delete x from json_table('[${idList(ids).replaceAll("'", '"')}]', '$[*]' columns (id varchar(64) path '$')) i straight_join ${table} x on x.${column} = i.id where ${condition}`;

const distinctByServer = (table: string, column: string, isLimited = false): string =>
  `select distinct ${column} as value from ${table} where ${column} > ? order by ${column}${isLimited ? ' limit ?' : ''}`;

/** SQLite answers DISTINCT by reading the whole index. */
const distinctBySeeks: Database['distinct'] = (table, column, isLimited = false) => {
  const next = (after: string): string => `select min(${column}) from ${table} where ${column} > ${after}`;
  const further = `select (${next('v.value')}) from v where v.value is not null${isLimited ? ' limit ?' : ''}`;
  return `with recursive v(value) as (${next('?')} union all ${further}) select value from v where value is not null`;
};

const probeTimeoutMs = 2000;

async function answers(knex: Knex): Promise<boolean> {
  const answer = knex.raw('select 1').then(
    () => true,
    () => false,
  );
  return (await settledWithin(probeTimeoutMs, answer)) ?? false;
}

/** Runs `work` on a new connection to the server. */
async function onNew<T>(config: DatabaseConfig, work: (knex: Knex) => Promise<T>): Promise<T> {
  const knex = openMysql(config, { min: 0, max: 1 });
  try {
    return await work(knex);
  } finally {
    void knex.destroy().catch(() => undefined);
  }
}
