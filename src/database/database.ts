import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { settledWithin } from '../answered-within.ts';
import type { Config } from '../config.ts';
import { isDeadlock, isLostConnection, isUnavailable, markAsQuoting, toSafeError } from './database-errors.ts';
import { withDeadline } from './deadline.ts';
import { prepared } from './mysql-client.ts';
import { openMysql } from './open-mysql.ts';
import { openSqlite } from './open-sqlite.ts';

export type { Knex } from 'knex';
export { prepared };

export type Engine = 'sqlite' | 'mysql';

export interface TransactionOptions {
  /** Running it twice has no second effect, so it may also be repeated when the answer to COMMIT got lost. */
  repeatable?: boolean;
}

export interface Database {
  readonly engine: Engine;
  /** The embedded database's file; undefined on a server. */
  readonly file: string | undefined;
  /** For the layers below; everything else goes through `read` and `transaction`. */
  readonly knex: Knex;
  /** A connection of its own, which a lock can last as long as, and statements too. Whoever opens it destroys it. */
  openSingle(): Knex;
  /** Ends a `SELECT … FOR UPDATE` that passes over rows which others hold; nothing on the embedded database. */
  readonly skipLocked: string;
  /** Ends a SELECT whose rows nobody else may change until the transaction ends; nothing on the embedded database. */
  readonly lockShared: string;
  /**
   * Follows the table of a locking SELECT whose condition names primary keys. Of a small table the servers would rather read
   * every row, and wait for those that others have not committed yet.
   */
  readonly byKey: string;
  /** Begins such a DELETE. */
  deleteByKey(table: string): string;
  /** How many rows a statement of `knex.raw` has removed or changed, which differs between the drivers. */
  changes(answer: unknown): number;
  /** The rows in what `knex.raw` answers to a SELECT, which differs between the drivers. */
  rows<T>(answer: unknown): T[];
  /**
   * Runs reads outside a transaction; repeated once when the connection turns out to be dead. A server that does not answer
   * within 10 s counts as away: whoever waits for it could not even be told so.
   */
  read<T>(work: (db: Knex) => Promise<T>): Promise<T>;
  /**
   * Runs `work` in a transaction (READ COMMITTED on servers) and commits. Deadlocks, and connections lost before COMMIT was
   * sent, run it again: it must have no effects outside the database. A database that is away throws `DATABASE_UNAVAILABLE`.
   */
  transaction<T>(work: (trx: Knex.Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Runs one statement that changes something, without a transaction around it; repeated only after a deadlock. */
  statement<T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T>;
  /** `SELECT … FOR UPDATE` that fails at once instead of waiting; the embedded database has one writer and needs none. */
  lockWithoutWaiting<R extends object>(query: Knex.QueryBuilder<R>): Knex.QueryBuilder<R>;
  close(): Promise<void>;
}

const attempts = 5;
/** The longest that a statement is waited for: disabling an endpoint with 100,000 waiting takes 1 s, and grows with them. */
const answerTimeoutMs = 60_000;
/** A frozen server does not take leave; the process goes all the same. */
const closeTimeoutMs = 3000;

/** Opens nothing yet: the pool connects on first use. */
export function openDatabase(
  config: Pick<Config, 'DATABASE_URL' | 'DATABASE_POOL_MAX' | 'DATABASE_SSL' | 'DATABASE_SSL_CA'>,
  limits: { answerTimeoutMs: number } = { answerTimeoutMs },
): Database {
  const isSqlite = config.DATABASE_URL.startsWith('sqlite:');
  const file = isSqlite ? resolve(config.DATABASE_URL.slice('sqlite:'.length)) : undefined;
  const byKey = file ? '' : ' force index (primary)';
  const knex = file ? openSqlite(file) : openMysql(config, { min: 0, max: config.DATABASE_POOL_MAX }, limits);
  knex.on('query-error', markAsQuoting);

  return {
    engine: file ? 'sqlite' : 'mysql',
    file,
    knex,
    openSingle: () => (file ? openSqlite(file) : openMysql(config, { min: 1, max: 1 })),
    skipLocked: file ? '' : ' for update skip locked',
    lockShared: file ? '' : ' lock in share mode',
    byKey,
    deleteByKey: (table) => (file ? `delete from ${table}` : `delete ${table} from ${table}${byKey}`),
    changes: (answer) =>
      file ? (answer as { changes: number }).changes : ((answer as { affectedRows: number }[])[0]?.affectedRows ?? 0),
    rows: <T>(answer: unknown) => (file ? answer : (answer as unknown[])[0]) as T[],
    read: (work) => retrying(() => withDeadline(work(knex)), isLostConnection, 2),
    transaction: (work, { repeatable = false } = {}) => {
      let committing = false;
      const run = () => {
        committing = false;
        return knex.transaction(async (trx) => {
          const result = await work(trx);
          committing = true;
          return result;
        });
      };
      const mayRepeat = (error: unknown): boolean =>
        isDeadlock(error) || (isLostConnection(error) && (repeatable || !committing));
      return retrying(run, mayRepeat, attempts);
    },
    // One statement needs nothing that only a transaction has.
    statement: (work) => retrying(() => withDeadline(work(knex as Knex.Transaction)), isDeadlock, attempts),
    lockWithoutWaiting: (query) => (file ? query : query.forUpdate().noWait()),
    close: () => settledWithin(closeTimeoutMs, knex.destroy()),
  };
}

/** Repeats `run` while `mayRepeat` says so, with a growing and slightly random pause; the last error leaves without its SQL. */
async function retrying<T>(run: () => Promise<T>, mayRepeat: (error: unknown) => boolean, limit: number): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt >= limit || !mayRepeat(error)) throw toSafeError(error);
      if (isUnavailable(error) && attempt > 1) throw toSafeError(error);
      await sleep(attempt * 10 * (0.5 + Math.random()));
    }
  }
}
