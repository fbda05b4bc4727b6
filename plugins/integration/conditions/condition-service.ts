import { randomUUIDv7 } from 'node:crypto';
import { type Clock, type Database, type Encryption, found, type Knex } from '../../../src/plugin.ts';
import { readAnswer } from '../apigee/answer-size.ts';
import { doesNotExist, mintError } from '../apigee/apigee-errors.ts';
import type { Listed, ListQuery } from '../apigee/apigee-lists.ts';
import type { OrganizationLimits } from '../limits/organization-limits.ts';
import { createWebhookRepository } from '../webhooks/webhook-repository.ts';
import type { AddressedCondition, Condition } from './condition.ts';
import { type Meaning, meaningOf } from './condition-meaning.ts';
import { checkPlan, checkWebhooks } from './condition-references.ts';
import { type ConditionRepository, createConditionRepository } from './condition-repository.ts';
import type { ConditionInput } from './condition-schemas.ts';

/** Upper bound of the callbacks of one plan that a single report can cause. */
const maxCallbacks = 4000;

export type ConditionService = ReturnType<typeof createConditionService>;

/** Rules of notification conditions. Changing a condition fires nothing for usage that was counted before. */
export function createConditionService(parts: {
  database: Database;
  encryption: Encryption;
  limits: OrganizationLimits;
  now: Clock;
}) {
  const { database, encryption, limits, now } = parts;

  return {
    /** Throws 400 with the code of the broken rule, `mint.limitReached` or `LIMIT_REACHED`. */
    async create(trx: Knex, organization: string, input: ConditionInput): Promise<AddressedCondition> {
      const meaning = await checked(trx, organization, input);
      const time = now();
      const condition: Condition = {
        id: randomUUIDv7(),
        organization,
        ...toStored(meaning),
        ...withIds(input, []),
        createdAt: time,
        updatedAt: time,
      };
      const count = (db: Knex) => createConditionRepository(db).count(organization);
      await limits.creating(trx, { organization, kind: 'conditions', count }, (db) =>
        changing(db, organization, [condition.planId], (conditions) => conditions.insert(condition)),
      );
      return addressed(trx, condition);
    },

    /** Throws `mint.resourceDoesNotExist`. */
    read: (organization: string, id: string): Promise<AddressedCondition> =>
      database.read(async (db) =>
        addressed(db, existing(id, await createConditionRepository(db).find(organization, id))),
      ),

    /** Lists conditions, newest first. */
    list: (organization: string, wanted: ListQuery): Promise<Listed<AddressedCondition>> =>
      database.read((db) =>
        readAnswer(organization, async (size) => {
          const { items, total } = await createConditionRepository(db).list(organization, wanted, size);
          const found = await withAddresses(db, organization, items);
          for (const { actions } of found) for (const { postUrl = '' } of actions) size.count(postUrl.length);
          return { items: found, total };
        }),
      ),

    /** Replaces a condition as a whole; unchanged parts keep their ids. Throws as `create` and `read` do. */
    async update(trx: Knex, organization: string, id: string, input: ConditionInput): Promise<AddressedCondition> {
      const before = existing(id, await createConditionRepository(trx).findForUpdate(organization, id));
      const meaning = await checked(trx, organization, input);
      const condition: Condition = {
        ...before,
        ...toStored(meaning),
        ...withIds(input, [...before.attributes, ...before.actions]),
        updatedAt: now(),
      };
      await changing(trx, organization, [before.planId, condition.planId], (conditions) =>
        conditions.update(condition),
      );
      return addressed(trx, condition);
    },

    /** Accepted deliveries are still sent. Throws `mint.resourceDoesNotExist`. */
    async delete(trx: Knex, organization: string, id: string): Promise<void> {
      const { planId } = existing(id, await createConditionRepository(trx).findForUpdate(organization, id));
      await changing(trx, organization, [planId], (conditions) => conditions.delete(organization, id));
    },
  };

  async function addressed(db: Knex, condition: Condition): Promise<AddressedCondition> {
    const [found] = await withAddresses(db, condition.organization, [condition]);
    return found as AddressedCondition;
  }

  /** Adds the addresses of the webhooks that exist. */
  async function withAddresses(
    db: Knex,
    organization: string,
    conditions: readonly Condition[],
  ): Promise<AddressedCondition[]> {
    const ids = [...new Set(conditions.flatMap(({ webhooks }) => webhooks))];
    const addresses = await createWebhookRepository(db, encryption).addresses(organization, ids);
    return conditions.map((condition) => ({
      ...condition,
      actions: condition.actions.map((action) => ({ ...action, postUrl: addresses.get(action.value.toLowerCase()) })),
    }));
  }

  async function checked(trx: Knex, organization: string, input: ConditionInput): Promise<Meaning> {
    const meaning = meaningOf(input);
    await checkPlan(trx, organization, meaning);
    await checkWebhooks(createWebhookRepository(trx, encryption), organization, input, meaning.webhooks);
    return meaning;
  }
}

const toStored = ({ planId, thresholds, webhooks }: Meaning) => ({ planId, thresholds, webhooks });

/**
 * Runs a change of conditions under the locks of their plans, and updates the threshold summary of each plan. Throws
 * `mint.limitReached`.
 */
async function changing(
  trx: Knex,
  organization: string,
  planIds: readonly string[],
  change: (conditions: ConditionRepository) => Promise<void>,
): Promise<void> {
  const conditions = createConditionRepository(trx);
  // Locks are taken in sorted order: two transactions cannot deadlock.
  const plans = [...new Set(planIds)].sort();
  const before = new Map<string, number>();
  for (const planId of plans) {
    await conditions.lockPlan(organization, planId);
    before.set(planId, await conditions.countCallbacks(organization, planId));
  }
  await change(conditions);
  for (const planId of plans) {
    requireBounded(planId, before.get(planId) ?? 0, await conditions.countCallbacks(organization, planId));
    await conditions.summarize(organization, planId);
  }
}

/** A plan above the limit, from before there was one, may be reduced step by step. */
function requireBounded(planId: string, before: number, after: number): void {
  if (after <= maxCallbacks || after <= before) return;
  throw mintError(
    409,
    'limitReached',
    `The conditions of RatePlan [${planId}] may cause at most ${maxCallbacks} callbacks (thresholds times webhooks, summed over the conditions); this change would make it ${after}`,
    [
      { name: 'ratePlan', value: planId },
      { name: 'limit', value: String(maxCallbacks) },
    ],
  );
}

const existing = (id: string, condition: Condition | undefined): Condition =>
  found(condition, () => doesNotExist('NotificationCondition', id));

type Part = Condition['attributes'][number] | Condition['actions'][number];

const nameOf = (part: { attribute: string } | { actionAttribute: string }): string =>
  'attribute' in part ? part.attribute : part.actionAttribute;

/** Gives each part an id: the id of an equal part of the previous version, otherwise a new one. */
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
