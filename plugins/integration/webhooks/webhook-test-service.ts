import { payloadTooLarge } from '../../../src/errors.ts';
import type { Clock, Database, Dispatcher, Encryption, Knex } from '../../../src/plugin.ts';
import { doesNotExist, mintError } from '../apigee/apigee-errors.ts';
import { appsById } from '../developer-apps/apps-by-id.ts';
import { createDeveloperRepository } from '../developers/developer-repository.ts';
import { createPackageRepository } from '../packages/package-repository.ts';
import { createProductRepository } from '../products/product-repository.ts';
import { createRatePlanRepository } from '../rate-plans/rate-plan-repository.ts';
import { type Subject, triggerReason } from '../usage/callback-body.ts';
import { sampleCall, type TestCall, type TestProperty, testBody } from './test-payload.ts';
import { webhookTestKind } from './webhook.ts';
import { createWebhookRepository } from './webhook-repository.ts';

/** The subject of a test call, as given in its path. */
export interface TestSubject {
  organization: string;
  webhook: string;
  developer: string;
  application: string;
  product: string;
  ratePlan: string;
}

/** Content of a test call. */
export interface TestSending {
  properties: readonly TestProperty[];
  /** Of the call that asked for it. */
  traceparent: string | undefined;
}

export const maxPayloadBytes = 256 * 1024;

export type WebhookTestService = ReturnType<typeof createWebhookTestService>;

/** Sends test calls: single attempts with the body of a notification. */
export function createWebhookTestService(parts: {
  database: Database;
  encryption: Encryption;
  dispatcher: Dispatcher;
  now: Clock;
}) {
  const { database, encryption, dispatcher, now } = parts;

  return {
    /** The trigger types of a webhook. Throws `mint.resourceDoesNotExist` or `mint.ratePlanNotAdjustable`. */
    async triggerTypes(about: TestSubject): Promise<string[]> {
      await database.read((db) => findSubject(db, about));
      return [triggerReason];
    },

    /** A call that can be posted. Throws the same errors. */
    async sample(about: TestSubject, triggerType: string): Promise<TestCall> {
      if (triggerType !== triggerReason) throw doesNotExist('TriggerType', triggerType);
      const subject = await database.read((db) => findSubject(db, about));
      return sampleCall(subject, await database.read((db) => applicationName(db, about)), now());
    },

    /**
     * Enqueues one attempt, even if the webhook is disabled; resolves to the delivery's id. Throws the same errors, and
     * those of `testBody`.
     */
    async send(trx: Knex.Transaction, about: TestSubject, { properties, traceparent }: TestSending): Promise<string> {
      const subject = await findSubject(trx, about);
      const payload = JSON.stringify(testBody(subject, await applicationName(trx, about), properties, now()));
      if (Buffer.byteLength(payload) > maxPayloadBytes) throw payloadTooLarge(maxPayloadBytes);
      const { organization, webhook: id } = about;
      const [webhook] = await createWebhookRepository(trx, encryption).lockForSending(organization, [id]);
      if (!webhook) throw doesNotExist('Webhook', id);
      const endpoint = { kind: webhookTestKind, id };
      const delivery = { organization, endpoint, type: triggerReason, payload, traceparent };
      const [sent] = await dispatcher.enqueue(trx, [delivery]);
      return sent?.id ?? '';
    },
  };

  async function findSubject(db: Knex, about: TestSubject): Promise<Subject> {
    const { organization, webhook, ratePlan } = about;
    if (!(await createWebhookRepository(db, encryption).find(organization, webhook)))
      throw doesNotExist('Webhook', webhook);
    const developer = await createDeveloperRepository(db).findByIdOrEmail(organization, about.developer);
    if (!developer) throw doesNotExist('Developer', about.developer);
    const product = await createProductRepository(db).find(organization, about.product);
    if (!product) throw doesNotExist('Product', about.product);
    const plan = await createRatePlanRepository(db).find(organization, ratePlan);
    const bundle = plan && (await createPackageRepository(db).find(organization, plan.packageId));
    if (!plan || !bundle) throw doesNotExist('RatePlan', ratePlan);
    if (plan.durationMonths === undefined)
      throw mintError(
        400,
        'ratePlanNotAdjustable',
        `RatePlan with id [${ratePlan}] is not an adjustable notification plan`,
        [{ name: 'ratePlan', value: ratePlan }],
      );
    return {
      ...{ subscriptionId: '', startAt: now(), organization, email: developer.email },
      ...{ firstName: developer.firstName, lastName: developer.lastName, companyName: developer.companyName },
      ...{ attributes: developer.attributes, packageId: bundle.id, packageName: bundle.name },
      ...{ planId: plan.id, planName: plan.name, planType: plan.type },
      ...{ planStartAt: plan.startAt, planEndAt: plan.endAt ?? null, durationMonths: plan.durationMonths },
      products: [product.name],
    };
  }
}

/** The name of the app with this id, or the text itself. */
const applicationName = async (db: Knex, { organization, application }: TestSubject): Promise<string> =>
  (await appsById(db, organization, [application])).get(application)?.name ?? application;
