import type { Knex } from '../../../src/plugin.ts';
import { batchesOf } from '../batches.ts';
import type { Subject } from './callback-body.ts';
import type { CycleKey } from './cycle-keys.ts';

/** A combination of subscription, cycle, threshold and webhook: it fires at most once. */
export interface Firing extends CycleKey {
  threshold: number;
  webhookId: string;
}

type FiredKey = Omit<Firing, 'webhookId'>;

/** A recorded firing, with the counts of all that its threshold has. */
export interface Called extends Firing {
  /** Name of the webhook; null if it has been deleted. */
  name: string | null;
  /** Null if the webhook was disabled. */
  deliveryId: string | null;
  webhookCount: number;
  deliveryCount: number;
}

/** Firings of one threshold that are read: the conditions of a plan may have thousands of webhooks. */
const calledAtMost = 20;

interface Row {
  subscription_id: string;
  cycle: number;
  threshold: number;
  webhook_id: string;
  fired_at: number;
  delivery_id: string | null;
}

interface SubjectRow extends Omit<Subject, 'attributes' | 'products'> {
  attributes: string;
}

const table = 'integration_firings';

/** A text that identifies a firing. */
export const firingKey = ({ subscriptionId, cycle, threshold, webhookId }: Firing): string =>
  `${subscriptionId} ${cycle} ${threshold} ${webhookId}`;

/** A text that identifies a threshold of a subscription and cycle. */
export const thresholdKey = ({ subscriptionId, cycle, threshold }: FiredKey): string =>
  `${subscriptionId} ${cycle} ${threshold}`;

/** Recorded firings, and the data of their callbacks. */
export function createFiringRepository(db: Knex) {
  return {
    /** Keys of the recorded firings among these, which have one subscription and cycle; at most 500. */
    async findFired(firings: readonly Firing[]): Promise<ReadonlySet<string>> {
      const [first] = firings;
      if (!first) return new Set();
      const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
      const rows: Row[] = await db<Row>(table)
        .where({ subscription_id: first.subscriptionId, cycle: first.cycle })
        .whereIn('threshold', unique(firings.map(({ threshold }) => threshold)))
        .whereIn('webhook_id', unique(firings.map(({ webhookId }) => webhookId)));
      return new Set(
        rows.map(({ subscription_id, cycle, threshold, webhook_id }) =>
          firingKey({ subscriptionId: subscription_id, cycle, threshold, webhookId: webhook_id }),
        ),
      );
    },

    /** `firings` have the ids of their deliveries, if there are any. */
    async insert(firings: readonly (Firing & { deliveryId?: string | undefined })[], time: number): Promise<void> {
      for (const batch of batchesOf(firings)) {
        await db<Row>(table).insert(
          batch.map(({ subscriptionId, cycle, threshold, webhookId, deliveryId }) => ({
            subscription_id: subscriptionId,
            cycle,
            threshold,
            webhook_id: webhookId,
            fired_at: time,
            delivery_id: deliveryId ?? null,
          })),
        );
      }
    },

    findCalled: (thresholds: readonly FiredKey[]): Promise<Called[]> => findCalled(db, thresholds),

    /** Callback data of these subscriptions. */
    async findSubjects(subscriptionIds: readonly string[]): Promise<Subject[]> {
      const rows = await subjectRows(subscriptionIds);
      const products = Map.groupBy(await productRows(subscriptionIds), ({ subscriptionId }) => subscriptionId);
      return rows.map((row) => ({
        ...row,
        attributes: JSON.parse(row.attributes) as Subject['attributes'],
        products: (products.get(row.subscriptionId) ?? []).flatMap(({ name }) => name ?? []),
      }));
    },
  };

  async function subjectRows(subscriptionIds: readonly string[]): Promise<SubjectRow[]> {
    return withPlans(subscriptionIds)
      .leftJoin('integration_developers as d', (on) =>
        on.on('d.organization', 's.organization').andOn('d.email', 's.developer_email'),
      )
      .leftJoin('integration_packages as k', (on) =>
        on.on('k.organization', 'r.organization').andOn('k.id', 'r.package_id'),
      )
      .select({
        subscriptionId: 's.id',
        startAt: 's.start_at',
        organization: 's.organization',
        email: 'd.email',
        firstName: 'd.first_name',
        lastName: 'd.last_name',
        companyName: 'd.company_name',
        attributes: 'd.attributes',
        packageId: 'k.id',
        packageName: 'k.name',
        planId: 'r.id',
        planName: 'r.name',
        planType: 'r.type',
        planStartAt: 'r.start_at',
        planEndAt: 'r.end_at',
      })
      .select(db.raw('coalesce(r.duration_months, r.attribute_months) as durationMonths'));
  }

  async function productRows(
    subscriptionIds: readonly string[],
  ): Promise<{ subscriptionId: string; name: string | null }[]> {
    return withPlans(subscriptionIds)
      .leftJoin('integration_package_products as p', (on) =>
        on.on('p.organization', 'r.organization').andOn('p.package_id', 'r.package_id'),
      )
      .orderBy('p.product_name')
      .select({ subscriptionId: 's.id', name: 'p.product_name' });
  }

  /** The joined rows always exist. Outer joins make every database start with the subscriptions. */
  function withPlans(subscriptionIds: readonly string[]) {
    return db('integration_subscriptions as s')
      .leftJoin('integration_rate_plans as r', (on) =>
        on.on('r.organization', 's.organization').andOn('r.id', 's.plan_id'),
      )
      .whereIn('s.id', subscriptionIds);
  }
}

/** The firings of these thresholds, at most 20 of each, ordered by the ids of their webhooks. At most 100 thresholds. */
async function findCalled(db: Knex, thresholds: readonly FiredKey[]): Promise<Called[]> {
  if (thresholds.length === 0) return [];
  const all = 'over (partition by subscription_id, cycle, threshold';
  const placed = db(table)
    .where((query) => {
      for (const { subscriptionId, cycle, threshold } of thresholds)
        query.orWhere({ subscription_id: subscriptionId, cycle, threshold });
    })
    .select('subscription_id', 'cycle', 'threshold', 'webhook_id', 'delivery_id')
    .select(db.raw(`row_number() ${all} order by webhook_id) as place`))
    .select(db.raw(`count(*) ${all}) as webhooks, count(delivery_id) ${all}) as deliveries`));
  return db(placed.as('f'))
    .leftJoin('integration_webhooks as w', 'w.id', 'f.webhook_id')
    .where('f.place', '<=', calledAtMost)
    .orderBy('f.webhook_id')
    .select({
      subscriptionId: 'f.subscription_id',
      cycle: 'f.cycle',
      threshold: 'f.threshold',
      webhookId: 'f.webhook_id',
      name: 'w.name',
      deliveryId: 'f.delivery_id',
      webhookCount: 'f.webhooks',
      deliveryCount: 'f.deliveries',
    });
}
