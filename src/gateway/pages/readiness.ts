import { settledWithin } from '../../answered-within.ts';
import type { Database } from '../../database/database.ts';
import { type MigrationOwner, pendingMigrations } from '../../database/migrations.ts';

export interface Readiness {
  /** Results of the checks by name. */
  check(): Promise<Record<string, 'ok' | 'failed'>>;
  stopping: boolean;
}

export type Checks = Readonly<Record<string, () => Promise<boolean>>>;

const checkTimeoutMs = 2000;

/** Ready: the database answers, migrations are current, the process is not stopping, and the checks of `more` pass. */
export function createReadiness(database: Database, owners: readonly MigrationOwner[], more: Checks = {}): Readiness {
  let areMigrated = false;
  const checks: Checks = {
    database: async () => (await database.read((db) => db.raw('select 1'))) !== undefined,
    migrations: migrated,
    ...more,
  };

  return {
    stopping: false,
    async check() {
      const asked = Object.entries(checks).map(async ([name, check]) => {
        const holds = await settledWithin(
          checkTimeoutMs,
          check().catch(() => false),
        );
        return [name, said(holds ?? false)] as const;
      });
      return { ...Object.fromEntries(await Promise.all(asked)), running: said(!this.stopping) };
    },
  };

  /** Not repeated once it has passed: migrations are not rolled back while a process runs. */
  async function migrated(): Promise<boolean> {
    areMigrated ||= (await pendingMigrations(database, owners)).length === 0;
    return areMigrated;
  }
}

const said = (good: boolean): 'ok' | 'failed' => (good ? 'ok' : 'failed');
