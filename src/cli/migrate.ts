import { migrate, migrationState } from '../database/migrations.ts';
import { StartError } from '../errors.ts';
import { createFoundation, type FoundationOptions } from '../foundation.ts';
import type { CommandLine } from './command-line.ts';
import { noteDatabase } from './note-database.ts';
import { rollbackCommand } from './rollback.ts';

/** `migrate`: applies all pending migrations, with `--create` also to a new SQLite file. `migrate --rollback`: reverts the newest one, after a question. */
export async function migrateCommand(
  options: FoundationOptions,
  line: CommandLine,
  values: Readonly<Record<string, unknown>>,
): Promise<number> {
  if (values.yes && !values.rollback) throw new StartError('--yes is an option of migrate --rollback.');
  if (values.create && values.rollback) throw new StartError('--create is no option of migrate --rollback.');
  const { database, owners, config } = createFoundation({ ...options, access: values.create ? 'create' : 'use' });
  try {
    noteDatabase(config, line);
    if (values.rollback) return await rollbackCommand({ database, owners, config }, line, Boolean(values.yes));
    const before = await migrationState(database, owners);
    await migrate(database, owners);
    const after = await migrationState(database, owners);
    const applied = before.pending.filter((name) => !after.pending.includes(name));
    line.print(applied.length === 0 ? 'Nothing to do.' : `Applied: ${applied.join(', ')}`);
    if (after.newer.length > 0) line.print(newerNote(after.newer));
    return 0;
  } finally {
    await database.close();
  }
}

/** About migrations without a file here. */
export const newerNote = (newer: readonly string[]): string =>
  `A newer version has applied ${newer.join(', ')}. This version works on its tables; only the newer one can roll them back.`;
