import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database/database.ts';
import { type MigrationOwner, pendingMigrations } from '../database/migrations.ts';

export interface Readiness {
  /** Names of the checks and whether they hold. */
  check(): Promise<Record<string, 'ok' | 'failed'>>;
  stopping: boolean;
}

const checkTimeoutMs = 2000;

/** Ready: the database answers, its migrations are current, and nobody has asked the process to stop. */
export function createReadiness(database: Database, owners: readonly MigrationOwner[]): Readiness {
  let areMigrated = false;
  return {
    stopping: false,
    async check() {
      const asked = Promise.all([holds(database.read((db) => db.raw('select 1'))), migrated()]);
      const late = sleep(checkTimeoutMs, [false, false] as const, { ref: false });
      const [reachable, current] = await Promise.race([asked, late]);
      const said = (good: boolean): 'ok' | 'failed' => (good ? 'ok' : 'failed');
      return { database: said(reachable), migrations: said(current), running: said(!this.stopping) };
    },
  };

  /** Asked until it holds once: a process never sees its own migrations go away. */
  async function migrated(): Promise<boolean> {
    areMigrated ||= await holds(
      pendingMigrations(database, owners).then((pending) => pending.length === 0 || Promise.reject(pending)),
    );
    return areMigrated;
  }
}

const holds = (work: PromiseLike<unknown>): Promise<boolean> =>
  Promise.resolve(work).then(
    () => true,
    () => false,
  );
