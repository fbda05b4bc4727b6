import { findOne, type Knex } from '../../../src/plugin.ts';
import type { AnswerSize } from '../apigee/answer-size.ts';
import { countRows, type Listed, type ListQuery, readList } from '../apigee/apigee-lists.ts';
import type { Subscription } from './subscription.ts';

interface Row {
  id: string;
  organization: string;
  developer_email: string;
  plan_id: string;
  start_at: number;
  end_at: number | null;
  /** False in rows of a version that ended subscriptions at any moment. */
  ends_with_day: boolean | number;
  quota_target: number;
  created_at: number;
  updated_at: number;
}

const table = 'integration_subscriptions';

/** Subscriptions by organization and developer. */
export function createSubscriptionRepository(db: Knex) {
  const ofDeveloper = (organization: string, email: string) =>
    db<Row>(table).where({ organization, developer_email: email });

  return {
    async insert(subscription: Subscription): Promise<void> {
      await db<Row>(table).insert({
        id: subscription.id,
        organization: subscription.organization,
        developer_email: subscription.developerEmail,
        plan_id: subscription.planId,
        start_at: subscription.startAt,
        created_at: subscription.createdAt,
        ...toChangeable(subscription),
      });
    },

    find: (organization: string, developer_email: string, id: string): Promise<Subscription | undefined> =>
      findOne(db(table), { organization, developer_email, id }, toSubscription),

    /** Finds a subscription and locks its row against other transactions. */
    findForUpdate: (organization: string, developer_email: string, id: string): Promise<Subscription | undefined> =>
      findOne(db(table).forUpdate(), { organization, developer_email, id }, toSubscription),

    /** Whether another subscription of the same developer to the same plan overlaps with this one. */
    async overlaps(subscription: Subscription): Promise<boolean> {
      const { id, organization, developerEmail, planId, startAt, endAt } = subscription;
      const others = ofDeveloper(organization, developerEmail)
        .where({ plan_id: planId })
        .whereNot({ id })
        .where((query) => query.whereNull('end_at').orWhere('end_at', '>', startAt));
      const row = await (endAt === undefined ? others : others.where('start_at', '<', endAt)).first('id');
      return row !== undefined;
    },

    count: (organization: string): Promise<number> => countRows(db<Row>(table).where({ organization })),

    /** Lists subscriptions, newest first. */
    async list(
      organization: string,
      email: string,
      wanted: ListQuery,
      size?: AnswerSize,
    ): Promise<Listed<Subscription>> {
      return readList(
        { organization, query: ofDeveloper(organization, email), order: ['id', 'desc'], size },
        wanted,
        toSubscription,
      );
    },

    async hasDeveloper(organization: string, email: string): Promise<boolean> {
      return (await ofDeveloper(organization, email).first('id')) !== undefined;
    },

    async update(subscription: Subscription): Promise<void> {
      const { organization, id } = subscription;
      await db<Row>(table).where({ organization, id }).update(toChangeable(subscription));
    },
  };
}

const toChangeable = ({ endAt, quotaTarget, updatedAt }: Subscription) => ({
  end_at: endAt ?? null,
  ends_with_day: true,
  quota_target: quotaTarget,
  updated_at: updatedAt,
});

const toSubscription = (row: Row): Subscription => ({
  id: row.id,
  organization: row.organization,
  developerEmail: row.developer_email,
  planId: row.plan_id,
  startAt: row.start_at,
  endAt: row.end_at ?? undefined,
  quotaTarget: row.quota_target,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
