import { join, resolve } from 'node:path';
import { type Config, loadConfig } from '../config.ts';
import { requireDatabaseFile } from '../database/database-place.ts';
import { backUpSqlite } from '../database/sqlite-backup.ts';
import { StartError } from '../errors.ts';
import type { FoundationOptions } from '../foundation.ts';
import type { CommandLine } from './command-line.ts';

const sqlite = 'sqlite:';

/** `backup <file>`: copies the embedded database while the server runs. On a server it names the tool to use. */
export async function backupCommand(
  { env, origin = () => 'the environment' }: FoundationOptions,
  { print }: CommandLine,
  { force = false }: Readonly<Record<string, unknown>>,
  [target, ...rest]: readonly string[],
): Promise<number> {
  if (target === undefined || rest.length > 0) throw new StartError('Give exactly one file for the backup.');
  const config = loadConfig(env);
  if (!config.DATABASE_URL.startsWith(sqlite)) throw new StartError(serverDump(config.DATABASE_URL, target));
  const file = resolve(config.DATABASE_URL.slice(sqlite.length));
  requireDatabaseFile(file, config.DATABASE_URL, origin('DATABASE_URL'));
  const at = new Date();
  const bytes = await backUpSqlite(file, resolve(target), { force: force === true });
  print(`${target}: ${sizeOf(bytes)}, verified, the state of ${at.toISOString()}`);
  print('It holds personal data and encrypted secrets. Its mode is 600; keep it like the database.');
  print(keyAdvice(config));
  print('To restore it, follow "Backup and restore" in docs/operations.md.');
  return 0;
}

function keyAdvice({ ENCRYPTION_KEY, DATA_DIR }: Config): string {
  const key = ENCRYPTION_KEY ? 'the value of ENCRYPTION_KEY' : join(DATA_DIR, 'encryption.key');
  return `The encryption key is not in it. Keep ${key} in another place: without the key the backup is useless.`;
}

function serverDump(url: string, target: string): string {
  const { hostname, port, username, pathname } = new URL(url);
  const place = [
    `--host=${hostname.replace(/^\[|\]$/g, '')}`,
    `--port=${port || 3306}`,
    `--user=${decodeURIComponent(username)}`,
  ];
  const how = ['--password', '--single-transaction', '--quick', '--no-tablespaces', '--default-character-set=utf8mb4'];
  const words = ['mariadb-dump', ...place, ...how, decodeURIComponent(pathname.slice(1))].map(quoted);
  return [
    '"backup" copies SQLite databases. For this server use mariadb-dump, or mysqldump with the same options:',
    `  ${words.join(' ')} > ${quoted(target)}`,
    'Keep ENCRYPTION_KEY in another place. "Backup and restore" in docs/operations.md has more.',
  ].join('\n');
}

/** A word for a shell. */
const quoted = (word: string): string => (/^[\w./=:@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

function sizeOf(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return `${power === 0 ? bytes : (bytes / 1024 ** power).toFixed(1)} ${units[power]}`;
}
