import type { Client } from '../../src/client/client.ts';
import { type DemoGateway, organization } from './demo-gateway.ts';

/** The prepared objects of the demo. */
export interface Story {
  readonly webhookId: string;
  /** Reports a number of transactions of the developer. */
  report(transactions: number): Promise<void>;
}

const email = 'ada@example.com';
const ofOrganization = { path: { org_name: organization } };

/** Creates a webhook, a rate plan, a subscription and a condition, and prints each. `target` in transactions. */
export async function prepareStory(
  { client }: DemoGateway,
  { callbackUrl, target }: { callbackUrl: string; target: number },
  say: (text: string) => void,
): Promise<Story> {
  const { id: webhookId } = await client.call('createWebhook', {
    params: ofOrganization,
    body: { name: 'webhook1', postURL: callbackUrl },
  });
  await client.call('updateWebhook', {
    params: { path: { org_name: organization, id: webhookId } },
    body: { enabled: true },
  });
  say(`Created and enabled webhook ${webhookId} with the URL ${callbackUrl}.`);

  const packageId = await createPackage(client);
  say(`Created developer ${email}, product payment and package ${packageId}.`);

  const planId = await subscribe(client, packageId, target);
  say(`Created rate plan ${planId}; the developer subscribed with a target of ${target} transactions per month.`);

  await client.call('createCondition', {
    params: ofOrganization,
    body: {
      notificationCondition: [
        { attribute: 'RATEPLAN', value: planId },
        { attribute: 'PUBLISHED', value: 'TRUE' },
        { attribute: 'UsageTarget', value: '%= 80 to 120 by 10' },
      ],
      actions: [{ actionAttribute: 'WEBHOOK', value: webhookId }],
    },
  });
  say('Created a notification condition: call the webhook at 80, 90, 100, 110 and 120 % of the target.');

  return {
    webhookId,
    report: async (batchSize) => {
      const [developer, application, product] = [{ id: email }, { id: 'shop' }, { id: 'payment' }];
      await client.call('reportUsage', {
        params: ofOrganization,
        body: { developer, application, product, batchSize },
      });
    },
  };
}

/** Creates a developer, a product and a package of it. Returns the package's id. */
async function createPackage(client: Client): Promise<string> {
  await client.call('createDeveloper', {
    params: ofOrganization,
    body: { email, firstName: 'Ada', lastName: 'Example', userName: 'ada', companyName: 'Example Ltd' },
  });
  await client.call('createProduct', {
    params: ofOrganization,
    body: { name: 'payment', displayName: 'Payment API' },
  });
  const { id } = await client.call('createPackage', {
    params: ofOrganization,
    body: {
      name: 'payments',
      displayName: 'Payments',
      description: 'Everything about payments',
      product: [{ id: 'payment' }],
      status: 'ACTIVE',
    },
  });
  return id;
}

/** Creates a plan of the package, to which the developer subscribes. Returns the plan's id. */
async function subscribe(client: Client, package_id: string, quotaTarget: number): Promise<string> {
  const startDate = new Date().toISOString().slice(0, 10);
  const detail = { type: 'USAGE_TARGET', meteringType: 'DEV_SPECIFIC', durationType: 'MONTH' } as const;
  const { id } = await client.call('createRatePlan', {
    params: { path: { org_name: organization, package_id } },
    body: {
      name: 'Gold',
      displayName: 'Gold',
      published: true,
      startDate,
      ratePlanDetails: [{ ...detail, duration: 1, ratingParameter: 'VOLUME' }],
    },
  });
  await client.call('createSubscription', {
    params: { path: { org_name: organization, email } },
    body: { developer: { id: email }, ratePlan: { id }, startDate, quotaTarget },
  });
  return id;
}
