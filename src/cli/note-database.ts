import type { Config } from '../config.ts';
import { databasePlace } from '../database/database-place.ts';
import type { CommandLine } from './command-line.ts';

/** Says which database a command works on, and where its address comes from. */
export function noteDatabase(
  { DATABASE_URL }: Pick<Config, 'DATABASE_URL'>,
  { warn, origin }: Pick<CommandLine, 'warn' | 'origin'>,
): void {
  const from = origin ? ` (DATABASE_URL from ${origin('DATABASE_URL')})` : '';
  warn?.(`Database: ${databasePlace(DATABASE_URL)}${from}`);
}
