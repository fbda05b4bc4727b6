import { findOne, type Knex } from '../../../src/plugin.ts';
import { type AnswerSize, bytesOf } from '../apigee/answer-size.ts';
import { fromStoredKept, toStoredJson } from '../apigee/apigee-kept.ts';
import { countRows, type Listed, type ListQuery, readList, rowsAtOnce } from '../apigee/apigee-lists.ts';
import { batchesOf } from '../batches.ts';
import type { RatePlan } from './rate-plan.ts';

interface Row {
  organization: string;
  id: string;
  package_id: string;
  name: string;
  display_name: string;
  type: string;
  published: boolean | number;
  duration_months: number | null;
  rating_attribute: number | null;
  attribute_months: number | null;
  start_at: number;
  end_at: number | null;
  parent_id: string | null;
  kept: string;
  created_at: number;
  updated_at: number;
}

interface PlanFilter {
  organization: string;
  packageId?: string;
  /** Microseconds since 1970. */
  currentAt?: number | undefined;
}

const table = 'integration_rate_plans';

/** Rate plans by organization and id. */
export function createRatePlanRepository(db: Knex) {
  return {
    async insert(plan: RatePlan): Promise<void> {
      await db<Row>(table).insert({
        organization: plan.organization,
        id: plan.id,
        package_id: plan.packageId,
        name: plan.name,
        parent_id: plan.parentId ?? null,
        created_at: plan.createdAt,
        ...toChangeable(plan),
      });
    },

    find: (organization: string, id: string): Promise<RatePlan | undefined> =>
      findOne(db(table), { organization, id }, toRatePlan),

    /** Finds the plans of these ids, in no order. */
    async findMany(organization: string, ids: readonly string[], size?: AnswerSize): Promise<RatePlan[]> {
      const plans: RatePlan[] = [];
      for (const batch of batchesOf([...new Set(ids)], rowsAtOnce)) {
        await size?.turn();
        const rows: Row[] = await db<Row>(table).where({ organization }).whereIn('id', batch);
        for (const row of rows) size?.count(bytesOf(row));
        plans.push(...rows.map(toRatePlan));
      }
      return plans;
    },

    /** Finds a plan; no other transaction can change or delete it until this one ends. */
    findShared: (organization: string, id: string): Promise<RatePlan | undefined> =>
      findOne(db(table).forShare(), { organization, id }, toRatePlan),

    /** Finds a plan; no other transaction can change, delete or subscribe to it until this one ends. */
    findForUpdate: (organization: string, id: string): Promise<RatePlan | undefined> =>
      findOne(db(table).forUpdate(), { organization, id }, toRatePlan),

    count: (organization: string): Promise<number> => countRows(db<Row>(table).where({ organization })),

    /** Lists the plans of one package or of all packages, ordered by id. With `currentAt`, only published plans that are not over. */
    async list(
      { organization, packageId, currentAt }: PlanFilter,
      wanted: ListQuery,
      size?: AnswerSize,
    ): Promise<Listed<RatePlan>> {
      const where = { organization, ...(packageId === undefined ? {} : { package_id: packageId }) };
      const query = db(table).where(where);
      if (currentAt !== undefined) {
        query.where({ published: true });
        query.where((open) => open.whereNull('end_at').orWhere('end_at', '>', currentAt));
      }
      return readList({ organization, query, order: ['id', 'asc'], size }, wanted, toRatePlan);
    },

    async hasPackage(organization: string, packageId: string): Promise<boolean> {
      return (await db<Row>(table).where({ organization, package_id: packageId }).first('id')) !== undefined;
    },

    async update(plan: RatePlan): Promise<void> {
      const { organization, id } = plan;
      await db<Row>(table).where({ organization, id }).update(toChangeable(plan));
    },

    async delete({ organization, id }: RatePlan): Promise<void> {
      await db<Row>(table).where({ organization, id }).delete();
    },
  };
}

const toChangeable = (plan: RatePlan) => ({
  display_name: plan.displayName,
  type: plan.type,
  published: plan.published,
  ...toCounted(plan),
  start_at: plan.startAt,
  end_at: plan.endAt ?? null,
  kept: toStoredJson('body', plan.kept),
  updated_at: plan.updatedAt,
});

/** A process of an earlier version counts transactions for every plan with `duration_months`. */
const toCounted = ({ durationMonths, ratingAttribute }: RatePlan) => ({
  duration_months: ratingAttribute === undefined ? (durationMonths ?? null) : null,
  rating_attribute: ratingAttribute ?? null,
  attribute_months: ratingAttribute === undefined ? null : (durationMonths ?? null),
});

const toRatePlan = (row: Row): RatePlan => ({
  organization: row.organization,
  id: row.id,
  packageId: row.package_id,
  name: row.name,
  displayName: row.display_name,
  type: row.type,
  published: Boolean(row.published),
  durationMonths: row.duration_months ?? row.attribute_months ?? undefined,
  ratingAttribute: row.duration_months === null ? (row.rating_attribute ?? undefined) : undefined,
  startAt: row.start_at,
  endAt: row.end_at ?? undefined,
  parentId: row.parent_id ?? undefined,
  kept: fromStoredKept(row.kept),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
