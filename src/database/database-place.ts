import { resolve } from 'node:path';
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
