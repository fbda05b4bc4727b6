import { type DemoGateway, organization } from './demo-gateway.ts';

/** The prepared objects of the demo. */
export interface Story {
  readonly webhookId: string;
  /** Reports a number of transactions of the developer. */
  report(transactions: number): Promise<void>;
}

const developer = 'ada@example.com';
const mint = `/v1/mint/organizations/${organization}`;
const management = `/v1/organizations/${organization}`;

/** Creates a webhook, a rate plan, a subscription and a condition, and prints each. `target` in transactions. */
export async function prepareStory(
  { call }: DemoGateway,
  { callbackUrl, target }: { callbackUrl: string; target: number },
  say: (text: string) => void,
): Promise<Story> {
  const create = async (path: string, body: object): Promise<{ id: string }> =>
    (await call('POST', path, body)) as { id: string };

  const webhook = await create(`${mint}/webhooks`, { name: 'webhook1', postURL: callbackUrl });
  await call('POST', `${mint}/webhooks/${webhook.id}`, { enabled: 'true' });
  say(`Created and enabled webhook ${webhook.id} with the URL ${callbackUrl}.`);

  await create(`${management}/developers`, {
    email: developer,
    firstName: 'Ada',
    lastName: 'Example',
    userName: 'ada',
    companyName: 'Example Ltd',
  });
  await create(`${management}/apiproducts`, { name: 'payment', displayName: 'Payment API' });
  const bundle = await create(`${mint}/monetization-packages`, {
    name: 'payments',
    displayName: 'Payments',
    description: 'Everything about payments',
    product: [{ id: 'payment' }],
    status: 'ACTIVE',
  });
  say(`Created developer ${developer}, product payment and package ${bundle.id}.`);

  const today = new Date().toISOString().slice(0, 10);
  const plan = await create(`${mint}/monetization-packages/${bundle.id}/rate-plans`, {
    name: 'Gold',
    displayName: 'Gold',
    published: true,
    startDate: today,
    ratePlanDetails: [
      {
        type: 'USAGE_TARGET',
        meteringType: 'DEV_SPECIFIC',
        duration: 1,
        durationType: 'MONTH',
        ratingParameter: 'VOLUME',
      },
    ],
  });
  await create(`${mint}/developers/${developer}/developer-rateplans`, {
    developer: { id: developer },
    ratePlan: { id: plan.id },
    startDate: today,
    quotaTarget: target,
  });
  say(`Created rate plan ${plan.id}; the developer subscribed with a target of ${target} transactions per month.`);

  await create(`${mint}/notification-conditions`, {
    notificationCondition: [
      { attribute: 'RATEPLAN', value: plan.id },
      { attribute: 'PUBLISHED', value: 'TRUE' },
      { attribute: 'UsageTarget', value: '%= 80 to 120 by 10' },
    ],
    actions: [{ actionAttribute: 'WEBHOOK', value: webhook.id }],
  });
  say('Created a notification condition: call the webhook at 80, 90, 100, 110 and 120 % of the target.');

  return {
    webhookId: webhook.id,
    report: async (transactions) => {
      await call('POST', `${mint}/transactions`, {
        developer: { id: developer },
        application: { id: 'shop' },
        product: { id: 'payment' },
        batchSize: transactions,
      });
    },
  };
}
