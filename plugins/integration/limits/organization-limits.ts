import { LRUCache } from 'lru-cache';
import { limitReached } from '../../../src/errors.ts';
import { type Database, isTransaction, type Knex } from '../../../src/plugin.ts';
import type { IntegrationSettings } from '../settings.ts';
import { lockLimit } from './limit-locks.ts';

const settingOf = {
  distributors: 'MAX_DISTRIBUTORS',
  webhooks: 'MAX_WEBHOOKS',
  conditions: 'MAX_CONDITIONS',
  developers: 'MAX_DEVELOPERS',
  apps: 'MAX_APPS',
  products: 'MAX_PRODUCTS',
  packages: 'MAX_PACKAGES',
  rate_plans: 'MAX_RATE_PLANS',
  subscriptions: 'MAX_SUBSCRIPTIONS',
  event_types: 'MAX_EVENT_TYPES',
} as const satisfies Record<string, keyof IntegrationSettings>;

/** A kind of resources of one organization. */
export interface Counted {
  organization: string;
  kind: keyof typeof settingOf;
  count(db: Knex): Promise<number>;
}

export interface OrganizationLimits {
  /**
   * Runs `create` and resolves to its result. Throws `LIMIT_REACHED` if the organization has as many resources of the kind as
   * it may have.
   */
  creating<T>(db: Knex, counted: Counted, create: (db: Knex) => Promise<T>): Promise<T>;
}

/** The number of resources at a time, and the ones that this process has begun to create since then. */
interface Estimate {
  readonly total: number;
  created: number;
  /** `performance.now()` */
  at: number;
}

const keptEstimates = 10_000;
const validMs = 10_000;
/** Below this distance from the limit an estimate is not good enough: other processes create as well. */
const nearest = 1000;
const nearPart = 0.1;
/** An estimate is renewed after this part of the distance has been created. */
const renewedPart = 0.02;

/**
 * Upper bounds per organization. Far from its limit, a creation costs no statement of its own: the process counts now and then.
 * Near the limit, creations of all processes take turns under a lock, and each is counted.
 */
export function createOrganizationLimits({
  database,
  settings,
}: {
  database: Database;
  settings: IntegrationSettings;
}): OrganizationLimits {
  const estimates = new LRUCache<string, Estimate>({ max: keptEstimates });
  const keyOf = ({ organization, kind }: Counted): string => `${kind}\n${organization}`;

  async function count(db: Knex, counted: Counted): Promise<number> {
    const total = await counted.count(db);
    estimates.set(keyOf(counted), { total, created: 0, at: performance.now() });
    return total;
  }

  /** Counts this creation, and tells whether the limit is far away. */
  async function isFarFrom(limit: number, db: Knex, counted: Counted): Promise<boolean> {
    const far = limit - Math.max(nearest, limit * nearPart);
    if (far <= 0) return false;
    const known = estimates.get(keyOf(counted));
    const isValid =
      known && performance.now() - known.at < validMs && known.created < (limit - known.total) * renewedPart;
    if (!isValid) {
      // Other creations go on with the old estimate meanwhile.
      if (known) Object.assign(known, { at: performance.now(), created: 0 });
      await count(db, counted);
    }
    const estimate = estimates.get(keyOf(counted));
    if (!estimate) return false;
    estimate.created += 1;
    return estimate.total + estimate.created < far;
  }

  return {
    async creating(db, counted, create) {
      const limit = settings[settingOf[counted.kind]];
      if (await isFarFrom(limit, db, counted)) return create(db);
      const inTurn = async (trx: Knex.Transaction) => {
        await lockLimit(trx, counted.organization, counted.kind);
        if ((await count(trx, counted)) >= limit) throw limitReached(counted.kind, limit);
        return create(trx);
      };
      return isTransaction(db) ? inTurn(db) : database.transaction(inTurn);
    },
  };
}
