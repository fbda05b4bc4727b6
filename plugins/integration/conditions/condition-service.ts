import { randomUUIDv7 } from 'node:crypto';
import type { Clock, Database, Encryption, Knex } from '../../../src/plugin.ts';
import { doesNotExist, mintError } from '../apigee/apigee-errors.ts';
import { createRatePlanRepository } from '../rate-plans/rate-plan-repository.ts';
import { createWebhookRepository } from '../webhooks/webhook-repository.ts';
import type { Condition } from './condition.ts';
import { type Meaning, meaningOf } from './condition-meaning.ts';
import { type ConditionRepository, createConditionRepository } from './condition-repository.ts';
import type { ConditionInput } from './condition-schemas.ts';

export type ConditionService = ReturnType<typeof createConditionService>;

/** What may happen to notification conditions. What was counted before fires nothing when they change. */
export function createConditionService(parts: { database: Database; encryption: Encryption; now: Clock }) {
  const { database, encryption, now } = parts;

  return {
    /** Throws 400 with a code that says which rule is broken. */
    async create(trx: Knex, organization: string, input: ConditionInput): Promise<Condition> {
      const meaning = await checked(trx, organization, input);
      const time = now();
      const condition: Condition = {
        id: randomUUIDv7(),
        organization,
        ...meaning,
        ...withIds(input, []),
        createdAt: time,
        updatedAt: time,
      };
      await changing(trx, organization, [condition.planId], (conditions) => conditions.insert(condition));
      return condition;
    },

    /** Throws `mint.resourceDoesNotExist`. */
    read: (organization: string, id: string): Promise<Condition> =>
      database.read(async (db) => found(await createConditionRepository(db).find(organization, id), id)),

    /** A part, newest first, or all of them; with how many there are. */
    list: (
      organization: string,
      window: { limit: number; offset: number } | undefined,
    ): Promise<{ conditions: Condition[]; total: number }> =>
      database.read(async (db) => {
        const repository = createConditionRepository(db);
        const conditions = await repository.list(organization, window);
        return { conditions, total: window ? await repository.count(organization) : conditions.length };
      }),

    /** Replaces the condition whole; parts that stay the same keep their ids. Throws as `create` and `read` do. */
    async update(trx: Knex, organization: string, id: string, input: ConditionInput): Promise<Condition> {
      const before = found(await createConditionRepository(trx).findForUpdate(organization, id), id);
      const meaning = await checked(trx, organization, input);
      const condition: Condition = {
        ...before,
        ...meaning,
        ...withIds(input, [...before.attributes, ...before.actions]),
        updatedAt: now(),
      };
      await changing(trx, organization, [before.planId, condition.planId], (conditions) =>
        conditions.update(condition),
      );
      return condition;
    },

    /** What has been accepted for delivery is delivered all the same. Throws `mint.resourceDoesNotExist`. */
    async delete(trx: Knex, organization: string, id: string): Promise<void> {
      const { planId } = found(await createConditionRepository(trx).findForUpdate(organization, id), id);
      await changing(trx, organization, [planId], (conditions) => conditions.delete(organization, id));
    },
  };

  async function checked(trx: Knex, organization: string, input: ConditionInput): Promise<Meaning> {
    const meaning = meaningOf(input);
    await checkPlan(trx, organization, meaning);
    await checkWebhooks(trx, organization, meaning.webhooks);
    return meaning;
  }

  async function checkPlan(trx: Knex, organization: string, { planId, mustBePublished }: Meaning): Promise<void> {
    const plan = await createRatePlanRepository(trx).findShared(organization, planId);
    const contexts = [{ name: 'ratePlan', value: planId }];
    if (!plan) throw mintError(400, 'ratePlanDoesNotExist', `RatePlan with id [${planId}] does not exist`, contexts);
    if (plan.durationMonths === undefined)
      throw mintError(
        400,
        'ratePlanNotAdjustable',
        `RatePlan with id [${planId}] is no adjustable notification plan, and only those call webhooks`,
        contexts,
      );
    if (mustBePublished && !plan.published)
      throw mintError(400, 'ratePlanNotPublished', `RatePlan with id [${planId}] is not published`, contexts);
  }

  async function checkWebhooks(trx: Knex, organization: string, ids: readonly string[]): Promise<void> {
    const webhooks = await createWebhookRepository(trx, encryption).lockForSending(organization, ids);
    const existing = new Set(webhooks.map(({ id }) => id));
    const missing = ids.find((id) => !existing.has(id));
    if (missing !== undefined)
      throw mintError(400, 'webhookDoesNotExist', `Webhook with id [${missing}] does not exist`, [
        { name: 'webhook', value: missing },
      ]);
  }
}

/** Changes conditions about these plans, and what is written down about all conditions of each. */
async function changing(
  trx: Knex,
  organization: string,
  planIds: readonly string[],
  change: (conditions: ConditionRepository) => Promise<void>,
): Promise<void> {
  const conditions = createConditionRepository(trx);
  // In one order, so that two transactions do not wait for each other.
  const plans = [...new Set(planIds)].sort();
  for (const planId of plans) await conditions.lockPlan(organization, planId);
  await change(conditions);
  for (const planId of plans) await conditions.summarize(organization, planId);
}

function found(condition: Condition | undefined, id: string): Condition {
  if (!condition) throw doesNotExist('NotificationCondition', id);
  return condition;
}

type Part = Condition['attributes'][number] | Condition['actions'][number];

const nameOf = (part: { attribute: string } | { actionAttribute: string }): string =>
  'attribute' in part ? part.attribute : part.actionAttribute;

/** The parts as they were sent, with the ids that the same parts had before or with new ones. */
function withIds(input: ConditionInput, before: readonly Part[]): Pick<Condition, 'attributes' | 'actions'> {
  const left = [...before];
  const idOf = (name: string, value: string): string => {
    const at = left.findIndex((part) => nameOf(part) === name && part.value === value);
    return (at === -1 ? undefined : left.splice(at, 1)[0]?.id) ?? randomUUIDv7();
  };
  return {
    attributes: input.notificationCondition.map(({ attribute, value }) => ({
      id: idOf(attribute, value),
      attribute,
      value,
    })),
    actions: input.actions.map(({ actionAttribute, value }) => ({
      id: idOf(actionAttribute, value),
      actionAttribute,
      value,
    })),
  };
}
