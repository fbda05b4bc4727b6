import { createRequire } from 'node:module';
import type { Knex } from 'knex';
import { answeredWithin } from '../answered-within.ts';
import { isDeadlock, isReadOnly } from './database-errors.ts';
import { guarded, noTransaction, type TransactionState } from './transaction-guard.ts';

export interface MysqlClientConfig extends Knex.Config {
  /** How long a statement may take; undefined for as long as it likes. */
  answerTimeoutMs: number | undefined;
}

interface Query {
  sql: string;
}

interface Connection {
  transaction?: TransactionState;
  /** Settles when every statement so far has been answered. */
  turn?: Promise<unknown>;
  /** Leads to a server that takes no writes. */
  isReadOnly?: boolean;
  destroy(): void;
}

// Knex does not export its dialects' classes from the package's main module.
const Mysql2Client = createRequire(import.meta.url)('knex/lib/dialects/mysql2') as new (
  config: Knex.Config,
) => Knex.Client & { _query(connection: Connection, query: Query): Promise<Query> };

/**
 * Knex's MySQL dialect, with a guard around transactions. Two kinds of connections are given up that the pool would keep: to
 * a server that has become read-only, since after a fail-over the address leads to another one; and without an answer,
 * since only TCP would notice that the way was cut, after a quarter of an hour.
 */
export class MysqlClient extends Mysql2Client {
  // Transactions have clients of their own, which no constructor has seen: what lasts is kept with the connection.
  override _query(connection: Connection, query: Query): Promise<Query> {
    connection.transaction ??= noTransaction();
    const { transaction, turn = Promise.resolve() } = connection;
    const { answerTimeoutMs } = this.config as MysqlClientConfig;
    const send = (): Promise<Query> => {
      const answer = super._query(connection, query);
      if (answerTimeoutMs === undefined) return answer;
      return answeredWithin(answerTimeoutMs, answer, () => givenUp(connection));
    };
    const answered = turn.then(() => guarded(transaction, query.sql, send, isDeadlock));
    connection.turn = answered.catch((error) => {
      connection.isReadOnly ||= isReadOnly(error);
    });
    return answered;
  }

  /** Called before every use. */
  override async validateConnection(connection: Connection): Promise<boolean> {
    return !connection.isReadOnly && super.validateConnection(connection);
  }
}

function givenUp(connection: Connection): Error {
  connection.destroy();
  return Object.assign(new Error('no answer in time'), { code: 'PROTOCOL_CONNECTION_LOST' });
}
