import { createRequire } from 'node:module';
import type { Knex } from 'knex';
import { answeredWithin } from '../answered-within.ts';
import { isSpent } from './database-errors.ts';
import { endsTransaction } from './error-codes.ts';
import { guarded, noTransaction, type TransactionState } from './transaction-guard.ts';

export interface MysqlClientConfig extends Knex.Config {
  /** Timeout of a statement; undefined for none. */
  answerTimeoutMs?: number;
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
  destroy(): void;
}

// Knex does not export its dialects' classes from the package's main module.
const Mysql2Client = createRequire(import.meta.url)('knex/lib/dialects/mysql2') as new (
  config: Knex.Config,
) => Knex.Client & { _query(connection: Connection, query: Query): Promise<Query> };

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
      if (answerTimeoutMs === undefined) return answer;
      return answeredWithin(answerTimeoutMs, answer, () => givenUp(connection));
    };
    const answered = turn.then(() => guarded(transaction, query.sql, send, endsTransaction));
    connection.turn = answered.catch((error) => {
      connection.isSpent ||= isSpent(error);
      // Otherwise the transaction could still be open, and the next BEGIN would commit it.
      if (query.sql === 'COMMIT;' || query.sql === 'ROLLBACK') connection.destroy();
    });
    return answered;
  }

  /** Called by the pool before every use. */
  override async validateConnection(connection: Connection): Promise<boolean> {
    return !connection.isSpent && super.validateConnection(connection);
  }
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
  connection.destroy();
  return Object.assign(new Error('no answer in time'), { code: 'PROTOCOL_CONNECTION_LOST' });
}
