import { migrate, pendingMigrations, rollback } from '../database/migrations.ts';
import { createFoundation, type FoundationOptions } from '../foundation.ts';
import type { CommandLine } from './command-line.ts';

/** `migrate`: applies all pending migrations. `migrate --rollback`: reverts the newest batch of every owner. */
export async function migrateCommand(
  options: FoundationOptions,
  { print }: CommandLine,
  values: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { database, owners } = createFoundation(options);
  try {
    const before = await pendingMigrations(database, owners);
    await (values.rollback ? rollback(database, owners) : migrate(database, owners));
    const after = await pendingMigrations(database, owners);
    const changed = values.rollback
      ? after.filter((name) => !before.includes(name))
      : before.filter((name) => !after.includes(name));
    print(
      changed.length === 0 ? 'Nothing to do.' : `${values.rollback ? 'Rolled back' : 'Applied'}: ${changed.join(', ')}`,
    );
    return 0;
  } finally {
    await database.close();
  }
}
