import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Knex } from '../database/database.ts';
import type { EncryptedTable } from './encrypted-table.ts';
import type { Encryption, EncryptionContext } from './encryption.ts';
import { type KeyedRow, walkTable } from './key-use.ts';

/** A value that no key of `ENCRYPTION_KEY` decrypts. */
export interface Unreadable {
  readonly table: string;
  readonly column: string;
  readonly key: string;
}

interface Rewritten {
  values: number;
  unreadable: Unreadable[];
  /** Keys of rows that another process changed in the meantime. */
  changed: string[];
}

interface Parts {
  database: Database;
  encryption: Encryption;
  onUnreadable(value: Unreadable): void;
}

/** Rows of a transaction: a server beside waits for its end when it writes the same rows, or any row on SQLite. */
const batchRows = 20;
/** A row that changes each time between read and write is left to the next run. */
const maxTries = 5;

/**
 * Encrypts the values of a table again with the newest key, in the order of the primary key. Safe beside running servers:
 * a value that was changed since it was read stays as it is. Can be stopped anywhere: the next run skips values
 * that have the newest key. Resolves to the number of rewritten values.
 */
export async function reencryptTable(encrypted: EncryptedTable, parts: Parts): Promise<number> {
  let values = 0;
  for await (const rows of walkTable(parts.database, encrypted)) {
    const stale = rows.filter((row) => isStale(encrypted, row, parts.encryption)).map(({ key }) => key);
    for (let at = 0; at < stale.length; at += batchRows)
      values += await rewriteBatch(encrypted, stale.slice(at, at + batchRows), parts);
  }
  return values;
}

function isStale({ columns }: EncryptedTable, { keyIds }: KeyedRow, { keyIds: [newest] }: Encryption): boolean {
  return columns.some((column) => keyIds[column] !== undefined && keyIds[column] !== newest);
}

async function rewriteBatch(encrypted: EncryptedTable, keys: readonly string[], parts: Parts): Promise<number> {
  const { database, encryption, onUnreadable } = parts;
  let values = 0;
  let left = keys;
  for (let tries = 0; left.length > 0 && tries < maxTries; tries += 1) {
    const started = performance.now();
    const done = await database.transaction((trx) => rewriteRows(trx, encrypted, left, encryption), {
      repeatable: true,
    });
    values += done.values;
    for (const value of done.unreadable) onUnreadable(value);
    left = done.changed;
    // As long a pause as the work took: a server that waits for the lock gets it.
    await sleep(performance.now() - started);
  }
  return values;
}

async function rewriteRows(
  trx: Knex.Transaction,
  encrypted: EncryptedTable,
  keys: readonly string[],
  encryption: Encryption,
): Promise<Rewritten> {
  const { table, key: keyColumn, organization, columns } = encrypted;
  const done: Rewritten = { values: 0, unreadable: [], changed: [] };
  // One row in memory at a time: a stored response may be large.
  for (const key of keys) {
    const row: Record<string, string | null> | undefined = await trx(table)
      .where({ [keyColumn]: key })
      .first(organization === undefined ? [...columns] : [...columns, organization]);
    if (!row) continue;
    const before: Record<string, string> = {};
    const after: Record<string, string> = {};
    for (const column of columns) {
      const sealed = row[column];
      if (!sealed || sealed.startsWith(`${encryption.keyIds[0]}.`)) continue;
      const context = contextOf(encrypted, { key, organization: row[organization ?? ''] ?? '', column });
      try {
        after[column] = encryption.encrypt(encryption.decrypt(sealed, context), context);
        before[column] = sealed;
      } catch {
        done.unreadable.push({ table, column, key });
      }
    }
    const count = Object.keys(after).length;
    if (count === 0) continue;
    const changed = await trx(table)
      .where({ [keyColumn]: key, ...before })
      .update(after);
    if (changed === 1) done.values += count;
    else done.changed.push(key);
  }
  return done;
}

const contextOf = (
  { table, context }: EncryptedTable,
  row: { key: string; organization: string; column: string },
): EncryptionContext => context?.(row) ?? [table, row.key, row.organization];
