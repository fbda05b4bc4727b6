import { type Knex, type Page, type PageQuery, readPage } from '../../../src/plugin.ts';
import { batchesOf } from '../batches.ts';
import { type FiredThreshold, notificationId, timeOfId, type UsageNotification } from './usage-notification.ts';

/** Times are microseconds since 1970: fired at or after `from` and before `to`. */
export interface NotificationFilter {
  organization: string;
  from?: number | undefined;
  to?: number | undefined;
}

interface Row {
  id: string;
  organization: string;
  subscription_id: string;
  cycle: number;
  threshold: number;
  fired_at: number;
}

interface NamedRow extends Row {
  email: string;
  first_name: string;
  last_name: string;
  plan_id: string;
  plan_name: string;
}

export type NamedNotification = Omit<UsageNotification, 'webhookCount' | 'deliveryCount' | 'webhooks'>;

const table = 'integration_usage_notifications';

/** Thresholds that have fired, by organization. */
export function createUsageNotificationRepository(db: Knex) {
  return {
    /** Stores thresholds. Where other webhooks have fired before, the first time stays. */
    async insert(organization: string, fired: readonly FiredThreshold[]): Promise<void> {
      for (const batch of batchesOf(fired)) {
        const rows = batch.map(({ subscriptionId, cycle, threshold, firedAt }) => ({
          ...{ id: notificationId({ firedAt, threshold }), organization, subscription_id: subscriptionId },
          ...{ cycle, threshold, fired_at: firedAt },
        }));
        await db<Row>(table)
          .insert(rows)
          .onConflict(['subscription_id', 'cycle', 'threshold'])
          .merge({ threshold: db.raw('threshold') });
      }
    },

    /** Reads a page, newest first, with the names of developers and plans. */
    async list({ organization, from, to }: NotificationFilter, wanted: PageQuery): Promise<Page<NamedNotification>> {
      const own = db<Row>(table).where({ organization });
      // Ids begin with their time: the index on them finds the range.
      if (from !== undefined) own.where('id', '>=', timeOfId(from)).where('fired_at', '>=', from);
      if (to !== undefined) own.where('id', '<', timeOfId(to + 1000)).where('fired_at', '<', to);
      const { items, next } = await readPage<Row>(own, wanted);
      const names = new Map((await readNames(items)).map((row) => [row.id, row]));
      return { items: items.flatMap(({ id }) => toNotification(names.get(id))), next };
    },
  };

  /** Developers, plans and subscriptions of fired thresholds always exist. */
  async function readNames(items: readonly Row[]): Promise<NamedRow[]> {
    return db(`${table} as n`)
      .leftJoin('integration_subscriptions as s', 's.id', 'n.subscription_id')
      .leftJoin('integration_developers as d', (on) =>
        on.on('d.organization', 's.organization').andOn('d.email', 's.developer_email'),
      )
      .leftJoin('integration_rate_plans as r', (on) =>
        on.on('r.organization', 's.organization').andOn('r.id', 's.plan_id'),
      )
      .whereIn(
        'n.id',
        items.map(({ id }) => id),
      )
      .select('n.*', 'd.email', 'd.first_name', 'd.last_name', { plan_id: 's.plan_id', plan_name: 'r.name' });
  }
}

const toNotification = (row: NamedRow | undefined): NamedNotification[] =>
  row
    ? [
        {
          id: row.id,
          subscriptionId: row.subscription_id,
          cycle: row.cycle,
          threshold: row.threshold,
          firedAt: row.fired_at,
          developer: { email: row.email, firstName: row.first_name, lastName: row.last_name },
          plan: { id: row.plan_id, name: row.plan_name },
        },
      ]
    : [];
