import { createRequire } from 'node:module';
import type { Knex } from 'knex';

interface Query {
  sql: string;
  bindings?: unknown[];
}

interface Connection {
  session?: Session;
}

interface Session {
  /** Settles when every statement so far has been answered. */
  turn: Promise<unknown>;
  isInTransaction: boolean;
  /** What the server has rolled back, while we have not. */
  isUndone: boolean;
}

// Knex does not export its dialects' classes from the package's main module.
const Mysql2Client = createRequire(import.meta.url)('knex/lib/dialects/mysql2') as new (
  config: Knex.Config,
) => Knex.Client & { _query(connection: Connection, query: Query): Promise<Query> };

/** With these the server rolls back the whole transaction, not only the statement. */
const undoing = new Set(['ER_LOCK_DEADLOCK', 'ER_CHECKREAD']);

/**
 * Knex's MySQL dialect, in which a transaction that the server has rolled back takes no more statements. The server would
 * commit each by itself: the next one of a `Promise.all`, or whatever follows where somebody has caught the error.
 */
export class MysqlClient extends Mysql2Client {
  // Transactions have clients of their own, which no constructor has seen: what lasts is kept with the connection.
  override _query(connection: Connection, query: Query): Promise<Query> {
    connection.session ??= { turn: Promise.resolve(), isInTransaction: false, isUndone: false };
    const { session } = connection;
    const answered = session.turn.then(() => inTurn(session, query.sql, () => super._query(connection, query)));
    session.turn = answered.catch(() => undefined);
    return answered;
  }
}

async function inTurn<T>(session: Session, sql: string, send: () => Promise<T>): Promise<T> {
  const { isUndone } = session;
  // As Knex writes them.
  const begins = sql === 'BEGIN;';
  const ends = sql === 'COMMIT;' || sql === 'ROLLBACK';
  if (begins || ends) {
    session.isInTransaction = begins;
    session.isUndone = false;
  }
  if (isUndone && sql !== 'ROLLBACK') throw undone();
  try {
    return await send();
  } catch (error) {
    session.isUndone = session.isInTransaction && undoing.has((error as { code?: string }).code ?? '');
    throw error;
  }
}

/** Says what the server said, so that whoever repeats transactions after deadlocks repeats this one. */
const undone = (): Error =>
  Object.assign(new Error('the server has rolled the transaction back'), { code: 'ER_LOCK_DEADLOCK', errno: 1213 });
