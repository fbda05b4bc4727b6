import { settledWithin } from '../../answered-within.ts';
import type { Database } from '../../database/database.ts';

export interface Readiness {
  /** Results of the checks by name; a check without an answer after `timeoutMs` has failed. */
  check(timeoutMs?: number): Promise<Record<string, 'ok' | 'failed'>>;
  stopping: boolean;
}

export type Checks = Readonly<Record<string, () => Promise<boolean>>>;

const checkTimeoutMs = 2000;

/** Migrations are read again after this time: a rollback beside a running process is noticed, a flood of requests costs nothing. */
const migratedForMs = 1000;
/** Shorter than the timeout of a check: without an answer, the last one counts. */
const lookTimeoutMs = 1500;

/**
 * Ready: the database answers, `isMigrated` resolves to true, the process is not stopping, and the checks of `more` pass.
 */
export function createReadiness(database: Database, isMigrated: () => Promise<boolean>, more: Checks = {}): Readiness {
  let areMigrated = false;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const checks: Checks = {
    database: async () => (await database.read((db) => db.raw('select 1'))) !== undefined,
    migrations: migrated,
    ...more,
  };

  return {
    stopping: false,
    async check(timeoutMs = checkTimeoutMs) {
      const asked = Object.entries(checks).map(async ([name, check]) => {
        const holds = await settledWithin(
          timeoutMs,
          check().catch(() => false),
        );
        return [name, said(holds ?? false)] as const;
      });
      return { ...Object.fromEntries(await Promise.all(asked)), running: said(!this.stopping) };
    },
  };

  async function migrated(): Promise<boolean> {
    if (performance.now() - lookedAt < migratedForMs) return areMigrated;
    // Whether the database answers at all is another check.
    const look = isMigrated().catch(() => undefined);
    const answer = await settledWithin(lookTimeoutMs, look);
    if (answer === undefined) return areMigrated;
    areMigrated = answer;
    lookedAt = answer ? performance.now() : Number.NEGATIVE_INFINITY;
    return answer;
  }
}

const said = (good: boolean): 'ok' | 'failed' => (good ? 'ok' : 'failed');
