import assert from 'node:assert/strict';
import type { ParsedJson } from '../../src/testing/index.ts';
import type { Console } from './console.ts';

/** The subject of an organization's pages. */
export interface Seed {
  readonly organization: string;
  /** Text of names that nothing else decides. */
  readonly text: string;
  readonly email: string;
  readonly plan: string;
}

/** Product, package, published plan, developer and subscription with a target of 10, made by the API. */
export async function seedPlan(here: Console, organization: string, text: string): Promise<Seed> {
  const email = `${organization}@example.com`;
  const post = (path: string, body: object) => create(here, `/v1/mint/organizations/${organization}${path}`, body);
  const product = `product of ${organization}`;
  await create(here, `/v1/organizations/${organization}/apiproducts`, { name: product, displayName: text });
  const bundle = { name: `bundle of ${organization}`, displayName: text, description: text, status: 'ACTIVE' };
  const { id } = await post('/monetization-packages', { ...bundle, product: [{ id: product }] });
  const details = { type: 'USAGE_TARGET', meteringType: 'DEV_SPECIFIC', duration: 1, durationType: 'MONTH' };
  const startDate = new Date(here.gateway.clock.now() / 1000).toISOString().slice(0, 10);
  const plan = await post(`/monetization-packages/${id}/rate-plans`, {
    name: `plan of ${organization}`,
    displayName: text,
    ratePlanDetails: [{ ...details, ratingParameter: 'VOLUME' }],
    startDate,
    published: true,
  });
  const developer = { firstName: text, lastName: text, userName: text, companyName: text, apps: [text] };
  const attributes = [{ name: text, value: text }];
  await create(here, `/v1/organizations/${organization}/developers`, { email, ...developer, attributes });
  await post(`/developers/${email}/developer-rateplans`, { ratePlan: { id: plan.id }, startDate, quotaTarget: 10 });
  return { organization, text, email, plan: plan.id };
}

/** An enabled webhook. */
export async function seedWebhook(here: Console, organization: string, name: string, url: string): Promise<string> {
  const body = { name, postURL: url, enabled: true };
  return (await create(here, `/v1/mint/organizations/${organization}/webhooks`, body)).id;
}

/** Calls the webhook at half of the target. */
export async function notify(here: Console, { organization, plan }: Seed, webhook: string): Promise<void> {
  await create(here, `/v1/mint/organizations/${organization}/notification-conditions`, {
    notificationCondition: [
      { attribute: 'RATEPLAN', value: plan },
      { attribute: 'PUBLISHED', value: 'TRUE' },
      { attribute: 'UsageTarget', value: '%= 50' },
    ],
    actions: [{ actionAttribute: 'WEBHOOK', value: webhook }],
  });
}

export async function reportUsage(here: Console, { organization, email, text }: Seed, count: number): Promise<void> {
  await create(here, `/v1/mint/organizations/${organization}/transactions`, {
    developer: { id: email },
    application: { id: text },
    product: { id: `product of ${organization}` },
    batchSize: count,
  });
}

async function create(here: Console, path: string, body: object): Promise<ParsedJson> {
  const created = await here.call(path, { body });
  assert.ok(created.status === 200 || created.status === 201, `${path}: ${created.status} ${created.text}`);
  return created.body;
}
