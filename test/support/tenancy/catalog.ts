import type { ParsedJson } from '../../../src/testing/index.ts';
import { eventually } from '../eventually.ts';
import { mintBase, names, settingsOf, type Voice } from './founder.ts';

/** Creates a catalog, a subscription, a webhook with a condition, and usage that calls the webhook once. */
export async function sell(voice: Voice) {
  const { organization, mark, isEntangled } = voice.founder;
  await fillCatalog(voice);
  const apps = await register(voice);
  const mint = mintBase(organization);
  const subscribe = async (email: string): Promise<string> => {
    const body = { ratePlan: { id: names.plan }, startDate: '2026-01-31', quotaTarget: 100 };
    return (await voice.post(`${mint}/developers/${email}/developer-rateplans`, body)).id;
  };
  const subscription = await subscribe(names.developer);
  if (isEntangled) await subscribe(names.spareDeveloper);
  const told = await tell(voice);
  const reported = { developer: { id: names.developer }, product: { id: names.product }, application: { id: mark } };
  const transaction: string = (await voice.post(`${mint}/transactions`, { ...reported, batchSize: 80 })).id;
  const item = await eventually<string>(async () => {
    const [found] = (await voice.get(`${mint}/notification-service-items`)).notificationServiceItems;
    return found?.status === 'NOTIFICATION_SENT' ? found.id : undefined;
  });
  return { ...told, ...apps, subscription, transaction, item };
}

async function fillCatalog({ founder: { organization, mark, isEntangled }, post, put }: Voice): Promise<void> {
  const management = `/v1/organizations/${encodeURIComponent(organization)}`;
  const packages = `${mintBase(organization)}/monetization-packages`;
  const texts = { displayName: mark, description: mark };
  await post(management, texts);
  await put(mintBase(organization), { ...texts, currency: names.currency });
  for (const email of [names.developer, names.spareDeveloper]) {
    const attributes = [{ name: names.attribute, value: mark }];
    const person = { firstName: mark, lastName: mark, userName: mark, companyName: mark, attributes, apps: [mark] };
    await post(`${management}/developers`, { email, ...person });
  }
  for (const name of [names.product, names.spareProduct])
    await post(`${management}/apiproducts`, { name, ...texts, attributes: [{ name: names.attribute, value: mark }] });
  await post(packages, { name: names.package, product: [{ id: names.product }], ...texts });
  const product = isEntangled ? [{ id: names.spareProduct }] : [];
  await post(packages, { name: names.sparePackage, product, ...texts });
  const plan = (packageId: string, name: string, published: boolean): Promise<ParsedJson> =>
    post(`${packages}/${packageId}/rate-plans`, { name, published, ratePlanDetails: [adjustable], ...texts });
  await plan(names.package, 'Gold', true);
  for (const name of ['Draft', 'Spare draft']) await plan(names.package, name, false);
  if (isEntangled) await plan(names.sparePackage, 'Draft', false);
}

/** Creates apps of a developer, and keys. */
async function register({ founder: { organization, mark }, post }: Voice) {
  const base = `/v1/organizations/${encodeURIComponent(organization)}/developers/${names.developer}/apps`;
  const attributes = [{ name: names.attribute, value: mark }];
  const create = (name: string): Promise<ParsedJson> => post(base, { name, callbackUrl: mark, attributes });
  const app: string = (await create(names.application)).appId;
  for (const consumerKey of [names.key, names.spareKey]) {
    await post(`${base}/${names.application}/keys/create`, { consumerKey, consumerSecret: 'secret' });
    await post(`${base}/${names.application}/keys/${consumerKey}`, { apiProducts: [names.product], attributes });
  }
  await create(names.spareApplication);
  return { app, spareApp: (await create(mark)).appId as string };
}

async function tell({ founder: { organization, mark, receiver, usageTarget, isEntangled }, post, put }: Voice) {
  const mint = mintBase(organization);
  const create = async (name: string): Promise<string> =>
    (await post(`${mint}/webhooks`, { name, postURL: `${receiver.url}/${mark}/${name}`, enabled: true })).id;
  const [webhook, spareWebhook] = [await create(names.webhook), await create(names.spareWebhook)];
  await put(`${mint}/webhooks/${webhook}/delivery`, settingsOf(mark));
  const watch = async (plan: string): Promise<string> => {
    const parts = { RATEPLAN: plan, UsageTarget: usageTarget };
    const notificationCondition = Object.entries(parts).map(([attribute, value]) => ({ attribute, value }));
    const actions = [{ actionAttribute: 'WEBHOOK', value: webhook }];
    return (await post(`${mint}/notification-conditions`, { notificationCondition, actions })).id;
  };
  const condition = await watch(names.plan);
  if (isEntangled) for (const draft of [names.draft, names.spareDraft]) await watch(draft);
  return { webhook, spareWebhook, condition };
}

const adjustable = {
  type: 'USAGE_TARGET',
  meteringType: 'DEV_SPECIFIC',
  duration: 1,
  durationType: 'MONTH',
  ratingParameter: 'VOLUME',
};
