import { databaseUnavailable, isApiError, queryTimeout, storageUnavailable } from '../errors.ts';
import { failureOf } from './error-codes.ts';
import { SessionError } from './session.ts';

interface DriverError extends Error {
  code?: string;
  errno?: number;
  /** SQLite's extended result code. */
  errcode?: number;
}

const sqliteBusy = new Set([5, 6]);
/** The file takes no data. */
const sqliteUnwritable = new Set([8, 10, 11, 13, 14, 26]);
const sqliteNames: ReadonlyMap<number, string> = new Map([
  [5, 'SQLITE_BUSY'],
  [6, 'SQLITE_LOCKED'],
  [8, 'SQLITE_READONLY'],
  [10, 'SQLITE_IOERR'],
  [11, 'SQLITE_CORRUPT'],
  [13, 'SQLITE_FULL'],
  [14, 'SQLITE_CANTOPEN'],
  [26, 'SQLITE_NOTADB'],
]);
const sqliteUnique = new Set([1555, 2067]);

/** Code of plugins within a transaction may throw any value. */
const asDriverError = (error: unknown): DriverError => (error ?? {}) as DriverError;

/** The primary result code is the low byte of SQLite's extended one. */
const sqliteCode = (error: unknown): number => (asDriverError(error).errcode ?? 0) & 0xff;

export const isUniqueViolation = (error: unknown): boolean =>
  asDriverError(error).code === 'ER_DUP_ENTRY' || sqliteUnique.has(asDriverError(error).errcode ?? 0);

/** A deadlock, an expired lock wait or a COMMIT that a cluster refuses: nothing stays of the transaction, and it may be run again. */
export const isConflict = (error: unknown): boolean =>
  failureOf(error) === 'conflict' || sqliteBusy.has(sqliteCode(error));

/** The row is locked by another transaction, and the statement asked not to wait (`NOWAIT`). */
export const isLockedRow = (error: unknown): boolean =>
  ['ER_LOCK_NOWAIT', 'ER_LOCK_WAIT_TIMEOUT'].includes(asDriverError(error).code ?? '');

export const isLostConnection = (error: unknown): boolean => failureOf(error) === 'lost';

/** The server has not executed the statement; on another connection, another server may. */
export const isRefused = (error: unknown): boolean => failureOf(error) === 'refused';

/** The connection is of no use any more. */
export const isSpent = (error: unknown): boolean => isLostConnection(error) || isRefused(error);

export const isUnavailable = (error: unknown): boolean =>
  ['lost', 'refused', 'busy'].includes(failureOf(error) ?? '') ||
  sqliteBusy.has(sqliteCode(error)) ||
  asDriverError(error).name === 'KnexTimeoutError';

/** The file of an embedded database was deleted or replaced: the process would write into one that is lost. */
export class FileGoneError extends Error {
  readonly code = 'DATABASE_FILE_GONE';

  constructor() {
    super('the database file was deleted or replaced');
    this.name = 'FileGoneError';
  }
}

/** The database has no room, or cannot write. */
export const isUnwritable = (error: unknown): boolean =>
  failureOf(error) === 'full' || sqliteUnwritable.has(sqliteCode(error)) || error instanceof FileGoneError;

/** The server has ended a statement after its limit: MySQL's number, and MariaDB's, which the driver does not name. */
const timedOut = new Set([3024, 1969]);

/** A database error that may be logged: code and number alone, since drivers quote SQL and values in their messages. */
export class DatabaseError extends Error {
  readonly code: string;
  readonly errcode: number | undefined;

  constructor(error: unknown) {
    const { code, errno, errcode, stack } = asDriverError(error);
    super(`${code ?? 'unknown'} (${errno ?? errcode ?? 'no number'})`);
    this.name = 'DatabaseError';
    this.code = code ?? 'unknown';
    this.errcode = errcode;
    const frames = (stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
    this.stack = `${this.name}: ${this.message}\n${frames.join('\n')}`;
  }
}

const quoting = Symbol('quotes a statement');

/** Marks an error whose message quotes the statement and its values, as Knex does for every failed query. */
export function markAsQuoting(error: Error): void {
  Object.defineProperty(error, quoting, { value: true });
}

const undefinedBinding = /^Undefined binding\(s\) detected/;

/** True if the message may contain a statement or its values, and so must not be logged. */
export const isQuoting = (error: Error): boolean =>
  quoting in error || 'sql' in error || 'sqlMessage' in error || undefinedBinding.test(error.message);

const isFromDriver = (error: Error): boolean => {
  const { code, errno, errcode } = asDriverError(error);
  if (isQuoting(error) || errcode !== undefined) return true;
  return (errno !== undefined && code !== undefined) || /^(ER|PROTOCOL)_/.test(code ?? '');
};

/** The cause of an outage in a few words, without a statement or a value of one. */
export const reasonOf = (error: Error): string => {
  if (error instanceof SessionError) return error.message;
  if (isApiError(error)) return error.reason ?? error.code;
  return sqliteNames.get(sqliteCode(error)) ?? asDriverError(error).code ?? error.name;
};

/**
 * Turns a driver's error into one that may be logged: `DATABASE_UNAVAILABLE` for an outage or deadlock,
 * `STORAGE_UNAVAILABLE` for a database without room, `QUERY_TIMEOUT` for a statement that the server has ended, else a `DatabaseError`. Errors of other origins are returned unchanged.
 */
export function toSafeError(error: unknown): unknown {
  if (isApiError(error) || error instanceof DatabaseError || !(error instanceof Error)) return error;
  if (timedOut.has(asDriverError(error).errno ?? 0)) return queryTimeout();
  if (isUnwritable(error)) return storageUnavailable(reasonOf(error));
  if (isUnavailable(error) || isConflict(error)) return databaseUnavailable(reasonOf(error));
  return isFromDriver(error) ? new DatabaseError(error) : error;
}
