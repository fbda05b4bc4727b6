import { type Knex, unlessTaken } from '../../../src/plugin.ts';
import { alreadyExists } from '../apigee/apigee-errors.ts';
import type { OrganizationLimits } from '../limits/organization-limits.ts';
import type { RatePlan } from './rate-plan.ts';
import { createRatePlanRepository } from './rate-plan-repository.ts';

/** Throws `mint.resourceAlreadyExists` or `LIMIT_REACHED`. */
export async function insertPlan(limits: OrganizationLimits, trx: Knex, plan: RatePlan): Promise<void> {
  const { organization } = plan;
  const count = (db: Knex) => createRatePlanRepository(db).count(organization);
  await unlessTaken(
    limits.creating(trx, { organization, kind: 'rate_plans', count }, (db) =>
      createRatePlanRepository(db).insert(plan),
    ),
    () => alreadyExists('RatePlan', plan.id),
  );
}
