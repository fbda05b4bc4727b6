import { findOne, type Knex } from '../../../src/plugin.ts';
import type { AnswerSize } from '../apigee/answer-size.ts';
import { toStoredJson } from '../apigee/apigee-kept.ts';
import { countRows, type Listed, type ListQuery, readList } from '../apigee/apigee-lists.ts';
import type { Condition, ConditionAction, ConditionAttribute } from './condition.ts';
import { type Thresholds, unionOf } from './usage-target.ts';

interface Row {
  id: string;
  organization: string;
  plan_id: string;
  attributes: string;
  actions: string;
  thresholds: string;
  webhooks: string;
  created_at: number;
  updated_at: number;
}

/** The part of a condition that usage counting needs. */
export interface Watch {
  organization: string;
  planId: string;
  thresholds: Thresholds;
  webhooks: readonly string[];
}

type WatchRow = Pick<Row, 'organization' | 'plan_id' | 'thresholds' | 'webhooks'>;

const table = 'integration_conditions';
const thresholdTable = 'integration_plan_thresholds';

export type ConditionRepository = ReturnType<typeof createConditionRepository>;

/** Notification conditions by organization. */
export function createConditionRepository(db: Knex) {
  return {
    async insert(condition: Condition): Promise<void> {
      const { id, organization, createdAt } = condition;
      await db<Row>(table).insert({ id, organization, created_at: createdAt, ...toChangeable(condition) });
    },

    find: (organization: string, id: string): Promise<Condition | undefined> =>
      findOne(db(table), { organization, id }, toCondition),

    /** Finds a condition and locks its row against other transactions. */
    findForUpdate: (organization: string, id: string): Promise<Condition | undefined> =>
      findOne(db(table).forUpdate(), { organization, id }, toCondition),

    /** Lists conditions, newest first. */
    list: (organization: string, wanted: ListQuery, size: AnswerSize): Promise<Listed<Condition>> =>
      readList(
        { organization, query: db(table).where({ organization }), order: ['id', 'desc'], size },
        wanted,
        toCondition,
      ),

    count: (organization: string): Promise<number> => countRows(db<Row>(table).where({ organization })),

    findWatches,

    async areThereFor(organization: string, planId: string): Promise<boolean> {
      return (await db<Row>(table).where({ organization, plan_id: planId }).first('id')) !== undefined;
    },

    /**
     * Locks the conditions of a plan against other transactions. Call it before changing them, and `summarize`
     * afterwards.
     */
    async lockPlan(organization: string, planId: string): Promise<void> {
      await db(thresholdTable)
        .insert({ organization, plan_id: planId, thresholds: '[]' })
        .onConflict(['organization', 'plan_id'])
        .merge({ thresholds: db.raw('thresholds') });
    },

    /** Number of callbacks that one report can cause at most: thresholds x webhooks, summed over a plan's conditions. */
    async countCallbacks(organization: string, planId: string): Promise<number> {
      const watches = await findWatches([{ organization, planId }]);
      return watches.reduce((sum, { thresholds, webhooks }) => sum + thresholds.length * webhooks.length, 0);
    },

    /** Stores the union of the thresholds of all conditions of a plan, which usage counting reads. */
    async summarize(organization: string, planId: string): Promise<void> {
      const watches = await findWatches([{ organization, planId }]);
      const thresholds = unionOf(watches.map((watch) => watch.thresholds));
      await db(thresholdTable)
        .where({ organization, plan_id: planId })
        .update({ thresholds: JSON.stringify(thresholds) });
    },

    async update(condition: Condition): Promise<void> {
      const { organization, id } = condition;
      await db<Row>(table).where({ organization, id }).update(toChangeable(condition));
    },

    async delete(organization: string, id: string): Promise<void> {
      await db<Row>(table).where({ organization, id }).delete();
    },
  };

  /** Finds the conditions of all of these plans. */
  async function findWatches(plans: readonly Pick<Watch, 'organization' | 'planId'>[]): Promise<Watch[]> {
    const groups = Map.groupBy(plans, ({ organization }) => organization);
    const rows: WatchRow[] = await db<Row>(table)
      .where((query) => {
        for (const [organization, group] of groups) {
          query.orWhere((either) => {
            either.where({ organization }).whereIn(
              'plan_id',
              group.map(({ planId }) => planId),
            );
          });
        }
      })
      .select('organization', 'plan_id', 'thresholds', 'webhooks');
    return rows.map(toWatch);
  }
}

const toChangeable = ({ planId, attributes, actions, thresholds, webhooks, updatedAt }: Condition) => ({
  plan_id: planId,
  attributes: toStoredJson('notificationCondition', attributes),
  actions: toStoredJson('actions', actions),
  thresholds: JSON.stringify(thresholds),
  webhooks: JSON.stringify(webhooks),
  updated_at: updatedAt,
});

const toWatch = (row: WatchRow): Watch => ({
  organization: row.organization,
  planId: row.plan_id,
  thresholds: JSON.parse(row.thresholds) as number[],
  webhooks: JSON.parse(row.webhooks) as string[],
});

const toCondition = (row: Row): Condition => ({
  ...toWatch(row),
  id: row.id,
  attributes: JSON.parse(row.attributes) as ConditionAttribute[],
  actions: JSON.parse(row.actions) as ConditionAction[],
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
