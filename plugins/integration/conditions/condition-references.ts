import type { Knex } from '../../../src/plugin.ts';
import { mintError } from '../apigee/apigee-errors.ts';
import { createRatePlanRepository } from '../rate-plans/rate-plan-repository.ts';
import type { WebhookRepository } from '../webhooks/webhook-repository.ts';
import type { Meaning } from './condition-meaning.ts';
import type { ConditionInput } from './condition-schemas.ts';

/** Throws 400 if the plan of a condition does not exist, or does not admit it. Locks the plan against changes. */
export async function checkPlan(
  trx: Knex,
  organization: string,
  { planId, planField, mustBePublished }: Meaning,
): Promise<void> {
  const plan = await createRatePlanRepository(trx).findShared(organization, planId);
  const contexts = [{ name: planField, value: planId }];
  if (!plan) throw mintError(400, 'ratePlanDoesNotExist', `RatePlan with id [${planId}] does not exist`, contexts);
  if (plan.durationMonths === undefined)
    throw mintError(
      400,
      'ratePlanNotAdjustable',
      `RatePlan with id [${planId}] is not an adjustable notification plan; webhook actions require one`,
      contexts,
    );
  if (mustBePublished && !plan.published)
    throw mintError(400, 'ratePlanNotPublished', `RatePlan with id [${planId}] is not published`, contexts);
}

/** Throws 400 for a webhook that does not exist. Locks the webhooks against deletion. */
export async function checkWebhooks(
  repository: WebhookRepository,
  organization: string,
  { actions }: ConditionInput,
  ids: readonly string[],
): Promise<void> {
  const webhooks = await repository.lockForSending(organization, ids);
  const existing = new Set(webhooks.map(({ id }) => id));
  const missing = ids.find((id) => !existing.has(id));
  if (missing !== undefined)
    throw mintError(400, 'webhookDoesNotExist', `Webhook with id [${missing}] does not exist`, [
      { name: `actions.${actions.findIndex(({ value }) => value.toLowerCase() === missing)}.value`, value: missing },
    ]);
}
