import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { StartError } from '../errors.ts';
import { isServer } from './database-settings.ts';

/**
 * Where `DATABASE_URL` leads, without user and password: the file, or host, port and name of the database. An address that
 * cannot be parsed is not repeated, since its password may be in any part of it.
 */
export function databasePlace(databaseUrl: string): string {
  if (databaseUrl.startsWith('sqlite:')) return resolve(databaseUrl.slice('sqlite:'.length));
  const url = URL.parse(databaseUrl);
  if (!url || !isServer(databaseUrl)) return '(hidden)';
  return `${url.host}${url.pathname}`;
}

/**
 * Throws `StartError` if `file`, an embedded database, does not exist: a command in another folder or without the service's
 * environment would otherwise create a database that no gateway uses. `origin`: where `DATABASE_URL` comes from.
 */
export function requireDatabaseFile(file: string | undefined, databaseUrl: string, origin: string): void {
  if (file === undefined || existsSync(file)) return;
  throw new StartError(
    `The database file ${file} does not exist (DATABASE_URL=${databaseUrl}, from ${origin}). Run the command in the folder and with the environment of the service. The first start of the gateway creates the file, or migrate --create.`,
  );
}
