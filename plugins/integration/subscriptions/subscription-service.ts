import { randomUUIDv7 } from 'node:crypto';
import { found, type Knex } from '../../../src/plugin.ts';
import { readAnswer } from '../apigee/answer-size.ts';
import { endOfLastDay } from '../apigee/apigee-dates.ts';
import { doesNotExist, mintError } from '../apigee/apigee-errors.ts';
import type { Listed, ListQuery } from '../apigee/apigee-lists.ts';
import type { CatalogParts } from '../catalog-parts.ts';
import type { Developer } from '../developers/developer.ts';
import { emailOfDeveloper, findDeveloper, lockDeveloper } from '../developers/developer-look-up.ts';
import type { RatePlan } from '../rate-plans/rate-plan.ts';
import { createRatePlanRepository } from '../rate-plans/rate-plan-repository.ts';
import type { Subscription } from './subscription.ts';
import { createSubscriptionRepository } from './subscription-repository.ts';
import { checkDates, checkEnd, checkStart } from './subscription-rules.ts';
import { mostListed, type SubscriptionChange, type SubscriptionInput } from './subscription-schemas.ts';
import { type WholeSubscription, withPlans } from './whole-subscription.ts';

export type SubscriptionService = ReturnType<typeof createSubscriptionService>;

/** Rules of subscriptions. Every call acts for one organization and cannot see the rows of another. */
export function createSubscriptionService({ database, limits, now }: CatalogParts) {
  return {
    /**
     * Throws `mint.resourceDoesNotExist`, `mint.developerIdMismatch`, `mint.ratePlanNotPublished`,
     * an error of `checkStart` or `checkDates`, `mint.developerAlreadyActiveOnRatePlan` or
     * `LIMIT_REACHED`.
     */
    async create(
      trx: Knex,
      organization: string,
      idOrEmail: string,
      input: SubscriptionInput,
    ): Promise<WholeSubscription> {
      const developer = await lockDeveloper(trx, organization, idOrEmail);
      checkSame(developer, input.developer);
      const plan = await findPlan(trx, organization, input.ratePlan.id);
      if (!plan.published) {
        throw mintError(400, 'ratePlanNotPublished', `Rate plan [${plan.id}] is not published`, [
          { name: 'ratePlanId', value: plan.id },
        ]);
      }
      const subscription = toSubscription(organization, developer.email, plan, input, now());
      checkStart(subscription, subscription.createdAt);
      checkDates(subscription, plan);
      await checkAlone(trx, subscription);
      const count = (db: Knex) => createSubscriptionRepository(db).count(organization);
      await limits.creating(trx, { organization, kind: 'subscriptions', count }, (db) =>
        createSubscriptionRepository(db).insert(subscription),
      );
      return whole(trx, developer, subscription);
    },

    /** Throws `mint.resourceDoesNotExist`. */
    read: (organization: string, idOrEmail: string, id: string): Promise<WholeSubscription> =>
      database.read(async (db) => {
        const email = await emailOfDeveloper(db, organization, idOrEmail);
        const subscription = existing(id, await createSubscriptionRepository(db).find(organization, email, id));
        return whole(db, await findDeveloper(db, organization, email), subscription);
      }),

    /** Lists the newest subscriptions if all are wanted. Throws `mint.resourceDoesNotExist` about the developer. */
    list: (organization: string, idOrEmail: string, wanted: ListQuery): Promise<Listed<WholeSubscription>> =>
      database.read(async (db) => {
        const developer = await findDeveloper(db, organization, idOrEmail);
        const part = wanted.all ? { all: false, size: mostListed, page: 1 } : wanted;
        return readAnswer(organization, async (size) => {
          const { items, total } = await createSubscriptionRepository(db).list(
            organization,
            developer.email,
            part,
            size,
          );
          return { items: await withPlans(db, developer, items, now, size), total };
        });
      }),

    /**
     * Omitted fields keep their values. Throws `mint.resourceDoesNotExist`, an error of `checkEnd`, or
     * `mint.developerAlreadyActiveOnRatePlan`.
     */
    async update(
      trx: Knex,
      organization: string,
      idOrEmail: string,
      id: string,
      input: SubscriptionChange,
    ): Promise<WholeSubscription> {
      // Serialises changes to the subscriptions of one developer, so that the check for overlaps sees all of them.
      const developer = await lockDeveloper(trx, organization, idOrEmail);
      const subscriptions = createSubscriptionRepository(trx);
      const before = existing(id, await subscriptions.findForUpdate(organization, developer.email, id));
      const changed = {
        ...before,
        endAt: input.endDate === undefined ? before.endAt : toEnd(input.endDate),
        quotaTarget: input.quotaTarget ?? before.quotaTarget,
        updatedAt: now(),
      };
      if (changed.endAt !== before.endAt) {
        checkEnd(changed, await findPlan(trx, organization, before.planId));
        await checkAlone(trx, changed);
      }
      await subscriptions.update(changed);
      return whole(trx, developer, changed);
    },
  };

  async function whole(db: Knex, developer: Developer, subscription: Subscription): Promise<WholeSubscription> {
    const [found] = await withPlans(db, developer, [subscription], now);
    return found as WholeSubscription;
  }
}

/** Throws `mint.developerIdMismatch` unless the body names the developer in the path, by e-mail address or id. */
function checkSame({ email, id }: Developer, sent: { id: string } | undefined): void {
  if (!sent || sent.id === email || sent.id === id) return;
  throw mintError(400, 'developerIdMismatch', 'The developer in the body must be the developer in the path', [
    { name: 'developer.id', value: sent.id },
  ]);
}

async function findPlan(trx: Knex, organization: string, id: string): Promise<RatePlan> {
  return found(await createRatePlanRepository(trx).findShared(organization, id), () => doesNotExist('RatePlan', id));
}

async function checkAlone(trx: Knex, subscription: Subscription): Promise<void> {
  if (!(await createSubscriptionRepository(trx).overlaps(subscription))) return;
  throw mintError(
    409,
    'developerAlreadyActiveOnRatePlan',
    `Developer [${subscription.developerEmail}] is already on rate plan [${subscription.planId}] in that period`,
    [
      { name: 'developerId', value: subscription.developerEmail },
      { name: 'ratePlanId', value: subscription.planId },
    ],
  );
}

function toSubscription(
  organization: string,
  developerEmail: string,
  plan: RatePlan,
  input: SubscriptionInput,
  time: number,
): Subscription {
  return {
    id: randomUUIDv7(),
    organization,
    developerEmail,
    planId: plan.id,
    startAt: input.startDate * 1000,
    endAt: toEnd(input.endDate ?? null),
    quotaTarget: input.quotaTarget ?? 0,
    createdAt: time,
    updatedAt: time,
  };
}

/** The exclusive end of a subscription whose last day has this moment. */
const toEnd = (milliseconds: number | null): number | undefined =>
  milliseconds === null ? undefined : endOfLastDay(milliseconds);

const existing = (id: string, subscription: Subscription | undefined): Subscription =>
  found(subscription, () => doesNotExist('DeveloperRatePlan', id));
