import { type Stats, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { setImmediate as socketsRead } from 'node:timers/promises';
import type { Knex } from 'knex';
import { FileGoneError } from './database-errors.ts';
import { createPrivateFile, createPrivateFolder } from './private-files.ts';
import { guarded, noTransaction, type TransactionState } from './transaction-guard.ts';

// Knex does not export its dialects' classes from the package's main module.
const BetterSqlite3Client = createRequire(import.meta.url)('knex/lib/dialects/better-sqlite3') as new (
  config: Knex.Config,
) => Knex.Client;

interface Query {
  sql: string;
  bindings?: unknown[];
  response?: unknown;
  context?: unknown;
}

/** SQLite's name of a database without a file. */
export const inMemory = ':memory:';

const busyTimeoutMs = 5000;
const cachedStatements = 256;
const cachedLength = 2000;

const pragmas = 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;';

type Connection = DatabaseSync & {
  statements?: Map<string, StatementSync>;
  transaction?: TransactionState;
  /** The file as it was opened. */
  file?: { path: string; stats: Stats };
};

/** Knex's SQLite dialect on `node:sqlite`, which needs no native add-on, with a guard around transactions. */
export class NodeSqliteClient extends BetterSqlite3Client {
  _driver(): unknown {
    return DatabaseSync;
  }

  override async acquireRawConnection(): Promise<Connection> {
    const { filename } = this.config.connection as Knex.Sqlite3ConnectionConfig;
    if (filename !== inMemory) {
      createPrivateFolder(dirname(filename));
      createPrivateFile(filename);
    }
    const connection: Connection = new DatabaseSync(filename, { timeout: busyTimeoutMs });
    connection.exec(pragmas);
    connection.statements = new Map();
    if (filename !== inMemory) connection.file = { path: filename, stats: statSync(filename) };
    return connection;
  }

  /**
   * Called by the pool before every use. Yields to the event loop: statements run synchronously, so waiting callers
   * would run back to back and starve new connections, of which each turn of the loop accepts one.
   */
  override async validateConnection(connection: Connection): Promise<boolean> {
    await socketsRead();
    return connection.isOpen;
  }

  _query(connection: Connection, query: Query): Promise<Query> {
    connection.transaction ??= noTransaction();
    // SQLite rolls back by itself, for instance on a full disk.
    const hasUndone = (): boolean => !connection.isTransaction;
    return guarded(connection.transaction, query.sql, () => run(connection, query), hasUndone);
  }
}

function run(connection: Connection, query: Query): Query {
  // SQLite has rolled back already; a failing ROLLBACK would replace the original error.
  if (query.sql === 'ROLLBACK' && !connection.isTransaction) return query;
  // A deferred transaction that reads first fails at its first write if another process wrote in between.
  const sql = query.sql === 'BEGIN;' ? 'BEGIN IMMEDIATE' : query.sql;
  const statement = prepare(connection, sql);
  // SQLite itself would go on writing to a file that no start finds again.
  if (!connection.isTransaction && statement.columns().length === 0) requireSameFile(connection);
  const bindings = (query.bindings ?? []).map(toSqlValue);
  if (statement.columns().length > 0) {
    query.response = readRows(statement, sql, bindings);
  } else {
    const { changes, lastInsertRowid } = statement.run(...bindings);
    query.response = { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) };
    query.context = { lastID: Number(lastInsertRowid), changes: Number(changes) };
  }
  return query;
}

/**
 * Rows whose integers are numbers, rounded above 2^53. Reading them as bigints takes half as long again, so a query does it only
 * when SQLite refuses to read them as numbers; a statement that changes data must not run twice.
 */
function readRows(statement: StatementSync, sql: string, bindings: readonly SQLInputValue[]): unknown[] {
  if (startsWithSelect.test(sql)) {
    try {
      return statement.all(...bindings);
    } catch (error) {
      if (!isOutOfRange(error)) throw error;
    }
  }
  statement.setReadBigInts(true);
  try {
    return statement.all(...bindings).map(withNumbers);
  } finally {
    statement.setReadBigInts(false);
  }
}

const startsWithSelect = /^\s*select\b/iu;

const isOutOfRange = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_OUT_OF_RANGE';

function withNumbers(row: Record<string, unknown>): Record<string, unknown> {
  for (const [column, value] of Object.entries(row)) if (typeof value === 'bigint') row[column] = Number(value);
  return row;
}

function requireSameFile({ file }: Connection): void {
  const stats = file && statSync(file.path, { throwIfNoEntry: false });
  if (file && (stats?.ino !== file.stats.ino || stats.dev !== file.stats.dev)) throw new FileGoneError();
}

function prepare(connection: Connection, sql: string): StatementSync {
  const known = connection.statements?.get(sql);
  if (known) return known;
  const statement = connection.prepare(sql);
  const { statements } = connection;
  // Long statements (inserts of many rows) and statements with inlined texts are hardly ever repeated.
  const isRepeated = sql.length < cachedLength && !sql.includes("'");
  if (statements && statements.size < cachedStatements && isRepeated) statements.set(sql, statement);
  return statement;
}

function toSqlValue(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return Number(value);
  if (value instanceof Date) return value.valueOf();
  if (value === undefined) return null;
  return value as SQLInputValue;
}
