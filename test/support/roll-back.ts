import type { Database } from '../../src/database/database.ts';
import type { MigrationOwner } from '../../src/database/migrations.ts';
import { newestMigration, rollBack } from '../../src/database/rollback.ts';

/** Reverts one migration after the other, until `keep` is the newest one; without it, all of them. */
export async function rollBackTo(database: Database, owners: readonly MigrationOwner[], keep?: string): Promise<void> {
  const onBusy = (): never => {
    throw new Error('another process migrates');
  };
  for (;;) {
    const newest = await database.read((db) => newestMigration(db, owners));
    if (!newest || newest.title === keep) return;
    await rollBack(database, owners, newest, { check: async () => undefined, onBusy });
  }
}
