import type { Database } from '../database/database.ts';
import { isUniqueViolation } from '../database/database-errors.ts';
import { StartError } from '../errors.ts';
import type { Encryption } from './encryption.ts';

const table = 'gateway_encryption_checks';
const known = 'hookgate';

interface CheckRow {
  key_id: string;
  sealed: string;
}

/**
 * Verifies that `ENCRYPTION_KEY` has every key that this database was encrypted with. Resolves to the ids of these keys.
 * Throws `StartError` if one is missing: existing rows would be unreadable, and new rows unreadable with the correct key.
 */
export async function requireEncryptionKeys(database: Database, encryption: Encryption): Promise<string[]> {
  const rows: CheckRow[] = await database.read((db) => db<CheckRow>(table).select());
  const closed = rows.filter((row) => !canOpen(encryption, row)).map((row) => row.key_id);
  if (closed.length > 0) {
    throw new StartError(
      `ENCRYPTION_KEY is not the key that this database was encrypted with (missing: ${closed.join(', ')}). Set the original key; to change keys, put the new one first and keep the old ones after it.`,
    );
  }
  return rows.map((row) => row.key_id);
}

/** Verifies the keys like `requireEncryptionKeys`, and records a new one. */
export async function checkEncryptionKey(database: Database, encryption: Encryption): Promise<void> {
  const ids = await requireEncryptionKeys(database, encryption);
  const [newest = ''] = encryption.keyIds;
  if (ids.includes(newest)) return;
  const row = { key_id: newest, sealed: encryption.encrypt(known, [table, newest, '']) };
  try {
    await database.transaction((trx) => trx(table).insert(row));
  } catch (error) {
    // Another process that starts at the same time has recorded the key first.
    const present = await database.read((db) => db(table).where({ key_id: newest }).first());
    if (!isUniqueViolation(error) && !present) throw error;
  }
}

/** Starts do not require these keys any more: no value needs them. Resolves to the function that undoes this. */
export async function forgetEncryptionKeys(database: Database, ids: readonly string[]): Promise<() => Promise<void>> {
  const rows: CheckRow[] = await database.read((db) => db<CheckRow>(table).whereIn('key_id', ids));
  await database.transaction((trx) => trx(table).whereIn('key_id', ids).delete(), { repeatable: true });
  return async () => {
    for (const row of rows)
      await database.transaction((trx) => trx(table).insert(row).onConflict('key_id').ignore(), { repeatable: true });
  };
}

function canOpen(encryption: Encryption, row: CheckRow): boolean {
  try {
    return encryption.decrypt(row.sealed, [table, row.key_id, '']) === known;
  } catch {
    return false;
  }
}
