import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../config.ts';
import { createPrivateFolder } from '../database/private-files.ts';
import { StartError } from '../errors.ts';

const fileName = 'encryption.key';

/**
 * The keys of `ENCRYPTION_KEY`. Without that setting (SQLite only): the key file in `DATA_DIR`, created at the first
 * start, unless `mayCreate` is false. Throws `StartError` if the file is invalid, or missing although the database exists.
 */
export function loadEncryptionKeys(
  config: Pick<Config, 'ENCRYPTION_KEY' | 'DATA_DIR'>,
  databaseFile: string | undefined,
  mayCreate = true,
): Buffer[] {
  if (config.ENCRYPTION_KEY) return config.ENCRYPTION_KEY;
  const file = resolve(config.DATA_DIR, fileName);
  if (!existsSync(file)) {
    // Checked again: a process that starts at the same time creates the key before the database.
    if (databaseFile !== undefined && existsSync(databaseFile) && !existsSync(file)) {
      throw new StartError(
        `${databaseFile} exists, but its key ${file} does not. Restore the key file, or set ENCRYPTION_KEY.`,
      );
    }
    // Neither database nor key exists: a look at the settings needs any key.
    if (!mayCreate) return [randomBytes(32)];
    makeKey(config.DATA_DIR, file);
  }
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length !== 32)
    throw new StartError(`${file} does not contain a key of 32 bytes in base64. Restore it, or set ENCRYPTION_KEY.`);
  return [key];
}

/** Writes a draft and links it into place: of two processes that start together, both read the same complete key. */
function makeKey(folder: string, file: string): void {
  createPrivateFolder(folder);
  const draft = join(folder, `${fileName}.${process.pid}`);
  writeFileSync(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
}
