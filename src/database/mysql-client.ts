import { createRequire } from 'node:module';
import type { Knex } from 'knex';
import { answeredWithin, settledWithin } from '../answered-within.ts';
import { isSpent } from './database-errors.ts';
import { endsTransaction } from './error-codes.ts';
import type { ThreadLook, ThreadWatch } from './thread-watch.ts';
import { guarded, noTransaction, type TransactionState } from './transaction-guard.ts';

export interface MysqlClientConfig extends Knex.Config {
  /** Timeout of a statement; undefined for none. */
  answerTimeoutMs?: number;
  /** Milliseconds without an answer after which the server is asked about the connection. */
  suspectMs: number;
  /** Milliseconds without use after which a connection is tried before its next use. */
  idleMs: number;
  /** The connections as the server sees them. */
  threads: ThreadWatch;
  /** Connections that were last in use before this moment, by `performance.now()`, are dead. */
  deadBefore: number;
  /** Milliseconds after which the server ends a SELECT outside of a transaction; undefined for never. */
  readLimitMs?: number;
  /** Upper bound of a statement with many rows, in bytes, as the server allows; undefined before the first connection. */
  statementBytes?: number;
}

interface Query {
  sql: string;
  bindings?: unknown[] | null;
  response?: unknown;
}

interface Connection {
  transaction?: TransactionState;
  /** Tail of the connection's queue: settles when every statement so far has been answered. */
  turn?: Promise<unknown>;
  /** A statement has failed in a way that makes the connection useless. */
  isSpent?: boolean;
  isMariaDb?: boolean;
  server?: string;
  number?: number;
  /** The last answer. The wall clock goes on while the machine is suspended, and the monotonic one is never set back. */
  answered?: { wall: number; steady: number };
  readonly stream: { readonly destroyed: boolean; readonly bytesRead: number; destroy(): void };
  ping(done: (error: Error | null) => void): void;
  destroy(): void;
}

// Knex does not export its dialects' classes from the package's main module.
const Mysql2Client = createRequire(import.meta.url)('knex/lib/dialects/mysql2') as new (
  config: Knex.Config,
) => Knex.Client & {
  _query(connection: Connection, query: Query): Promise<Query>;
  destroyRawConnection(connection: Connection): Promise<void>;
};

const pingTimeoutMs = 1000;
const quitTimeoutMs = 1000;
/** Milliseconds between two looks that both have to find the connection dead. */
const secondLookMs = 1000;

/**
 * Knex's MySQL dialect with a guard around transactions. It drops three kinds of connections that the pool would keep:
 * to a server that refuses to work, since after a fail-over the host name leads to another server; connections without
 * an answer, since TCP would take a quarter of an hour to notice a cut network; and those whose COMMIT or ROLLBACK failed.
 */
export class MysqlClient extends Mysql2Client {
  // State lives on the connection: Knex makes the client of a transaction without calling this constructor.
  override _query(connection: Connection, query: Query): Promise<Query> {
    connection.transaction ??= noTransaction();
    const { transaction, turn = Promise.resolve() } = connection;
    const { answerTimeoutMs, readLimitMs } = this.config as MysqlClientConfig;
    // Without bindings, the driver does not search the statement for placeholders.
    if (query.bindings?.length === 0) query.bindings = null;
    const send = (): Promise<Query> => {
      const answer = super._query(
        connection,
        readLimitMs === undefined ? query : limited(connection, query, readLimitMs),
      );
      const watched = this.watch(connection, answer);
      if (answerTimeoutMs === undefined) return watched;
      return answeredWithin(answerTimeoutMs, watched, () => givenUp(connection));
    };
    const answered = turn.then(() => guarded(transaction, query.sql, send, endsTransaction));
    connection.turn = answered.catch((error) => {
      connection.isSpent ||= isSpent(error);
      // Otherwise the transaction could still be open, and the next BEGIN would commit it.
      if (query.sql === 'COMMIT;' || query.sql === 'ROLLBACK') end(connection);
    });
    return answered;
  }

  /**
   * Settles like `answer`, or rejects when the server no longer works at the statement: the connection has died without a
   * sign, for instance while this machine was suspended. A long statement goes on.
   */
  private watch<T>(connection: Connection, answer: Promise<T>): Promise<T> {
    const { suspectMs, threads } = this.config as MysqlClientConfig;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let isOver = false;
    let timer = setTimeout(() => void ask(undefined), suspectMs);
    /** `suspectedAt`: bytes received when an earlier look found the connection dead. */
    const ask = async (suspectedAt: number | undefined): Promise<void> => {
      const look = await threads.look(performance.now() - secondLookMs / 2);
      const { bytesRead, destroyed } = connection.stream;
      // A connection that was given up answers no more.
      if (isOver || destroyed) return;
      const isDead = isAway(connection, look);
      if (isDead && suspectedAt === bytesRead) {
        threads.kill(connection.server ?? '', connection.number ?? 0);
        return reject(givenUp(connection));
      }
      timer = setTimeout(() => void ask(isDead ? bytesRead : undefined), isDead ? secondLookMs : suspectMs);
    };
    const settled = (): void => {
      isOver = true;
      clearTimeout(timer);
      noteAnswer(connection);
    };
    answer.then(resolve, reject).finally(settled);
    return promise;
  }

  /** Called by the pool before every use. A connection that was idle for long is tried, and none after a dead one. */
  override async validateConnection(connection: Connection): Promise<boolean> {
    const config = this.config as MysqlClientConfig;
    const { answered = noteAnswer(connection) } = connection;
    if (connection.isSpent || !(await super.validateConnection(connection))) return false;
    if (answered.steady < config.deadBefore) return false;
    // A clock that was set back tells nothing about the time since.
    if (Math.abs(Date.now() - answered.wall) < config.idleMs) return true;
    const triedAt = performance.now();
    const answer = new Promise<boolean>((resolve) => connection.ping((error) => resolve(!error)));
    const isAlive = await settledWithin(pingTimeoutMs, answer);
    if (isAlive === undefined) config.deadBefore = triedAt;
    if (isAlive) noteAnswer(connection);
    return isAlive ?? false;
  }

  /** A dead connection never completes its goodbye. */
  override async destroyRawConnection(connection: Connection): Promise<void> {
    await settledWithin(quitTimeoutMs, super.destroyRawConnection(connection));
    connection.stream.destroy();
  }
}

const noteAnswer = (connection: Pick<Connection, 'answered'>): { wall: number; steady: number } => {
  connection.answered = { wall: Date.now(), steady: performance.now() };
  return connection.answered;
};

/** Whether the same server does not know the connection, or waits for a statement on it. */
function isAway({ server, number }: Connection, look: ThreadLook | undefined): boolean {
  if (!look || number === undefined || look.server !== server) return false;
  return (look.commands.get(number) ?? 'Sleep') === 'Sleep';
}

function end(connection: Connection): void {
  connection.destroy();
  connection.stream.destroy();
}

/**
 * The same query with a limit on the server, which ends it there as well: a lost connection alone would not. The limit is
 * part of the statement, since a setting of the session would on MariaDB apply to writes, too.
 */
function limited(connection: Connection, query: Query, milliseconds: number): Query {
  if (connection.transaction?.isOpen || !/^\s*\(?select\b/i.test(query.sql)) return query;
  const sql = connection.isMariaDb
    ? `set statement max_statement_time = ${milliseconds / 1000} for ${query.sql}`
    : query.sql.replace(/select\b/i, `select /*+ max_execution_time(${milliseconds}) */`);
  return { ...query, sql };
}

function givenUp(connection: Connection): Error {
  end(connection);
  return Object.assign(new Error('no answer in time'), { code: 'PROTOCOL_CONNECTION_LOST' });
}
