import { answer, createReceiver, type Receiver, type TestGateway, until } from '../../src/testing/index.ts';

/** Calls the API of the gateway; rejects unless the answer is a success. */
export type Call = (method: string, path: string, body?: object) => Promise<Answered>;
type Answered = ReturnType<typeof JSON.parse>;

/** The receivers of a demonstration, by the public host that pages show in their place. */
export interface Receivers {
  readonly shop: Receiver;
  readonly company: Receiver;
  /** Replaces the addresses of the receivers by public ones. */
  disguise(text: string): string;
  close(): Promise<void>;
}

export const organization = 'myorg';
export const developer = 'ntesla@example.com';

const hourMs = 3_600_000;
const apigee = `/v1/mint/organizations/${organization}`;
const integrationPath = '/api/v1/integration';
const nodes = ['e40efce4-38a3-46c4-a202-e8db95d0409c', '7c1de6f2-90b4-4d0e-8f5a-2b6c3d417a58'];
const eventTypes = ['order.filled', 'order.cancelled', 'invoice.created', 'order.filled', 'order.placed'];
const startDate = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Endpoints that accept, fail at times, fail always, or refuse, by their paths. */
export async function startReceivers(): Promise<Receivers> {
  const react = ({ path }: { path: string }, count: number) => {
    if (path.startsWith('/invoices')) return answer(503, '{"error":"maintenance"}', { 'Retry-After': '600' });
    if (path.startsWith('/legacy')) return answer(410, 'This hook has been removed.');
    if (path.startsWith('/orders') && count % 7 === 0) return answer(500, '{"error":"database is locked"}');
    return answer(200, '{"received":true}', { 'Content-Type': 'application/json' });
  };
  const [shop, company] = [await createReceiver(react), await createReceiver(react)];
  return {
    shop,
    company,
    disguise: (text) =>
      text
        .replaceAll(shop.url, 'https://shop.example.com')
        .replaceAll(company.url, 'https://mycompany.com')
        .replaceAll('"127.0.0.1"', '"203.0.113.40"')
        .replaceAll(`127.0.0.1:${shop.port}`, '203.0.113.21:443')
        .replaceAll(`127.0.0.1:${company.port}`, '203.0.113.40:443'),
    async close() {
      await Promise.all([shop.close(), company.close()]);
    },
  };
}

/** Calls with all scopes; each call has a token of its own, as the clock of the gateway may have moved. */
export function callerOf(gateway: TestGateway): Call {
  return async (method, path, body) => {
    const token = await gateway.token({ org: organization, scope: 'integration:read integration:write gateway:admin' });
    const answered = await gateway.request(path, { method, target: 'integration', token, body });
    if (answered.status >= 300) throw new Error(`${method} ${path} ${answered.status} ${answered.text}`);
    return answered.body;
  };
}

/** Fills an empty gateway with what a team sees after a day of `hours`: its clock is set back, and moved on to now. */
export async function demonstrate(gateway: TestGateway, receivers: Receivers, hours: number): Promise<void> {
  const call = callerOf(gateway);
  const end = Date.now();
  gateway.clock.set(new Date(end - hours * hourMs));
  const webhooks = await createWebhooks(call, receivers);
  await createPlans(call, webhooks, startDate(end - hours * hourMs));
  const distributors = await createDistributors(call, receivers);
  await describeEvents(call, distributors);
  for (let hour = 1; hour <= hours; hour += 1) {
    gateway.clock.set(new Date(end - (hours - hour) * hourMs - (hour === hours ? 90_000 : 0)));
    await sendHour(call, distributors, hour, (hours - hour) % 6 === 0);
    await reportHour(call, hour, hours);
    await settle(call);
  }
  await shipOrder(call);
  await settle(call);
  await holdAndCancel(call, webhooks);
  gateway.clock.set(new Date());
}

async function createWebhooks(call: Call, { company, shop }: Receivers): Promise<string[]> {
  const wanted = [
    ['webhook1', `${company.url}/callbackhandler1`],
    ['webhook2', `${company.url}/callbackhandler2`],
    ['Billing', `${company.url}/invoices/usage`],
    ['Shop', `${shop.url}/account/usage`],
  ];
  const ids: string[] = [];
  for (const [name, postURL] of wanted)
    ids.push((await call('POST', `${apigee}/webhooks`, { name, postURL, enabled: true })).id);
  return ids;
}

async function createPlans(call: Call, webhooks: readonly string[], from: string): Promise<void> {
  const people = [
    { email: developer, firstName: 'Nikola', lastName: 'Tesla', userName: 'theramin', apps: ['weather-app'] },
    { email: 'joe@example.com', firstName: 'Joe', lastName: 'Example', userName: 'joe', companyName: 'mycompany.com' },
  ];
  for (const person of people) await call('POST', `/v1/organizations/${organization}/developers`, person);
  for (const [name, displayName] of [
    ['weather', 'Weather'],
    ['location', 'Location'],
    ['payment', 'Payment API'],
  ])
    await call('POST', `/v1/organizations/${organization}/apiproducts`, { name, displayName });
  const weather = await createPackage(call, 'Location', 'Weather and places', ['weather', 'location']);
  const payments = await createPackage(call, 'Payments', 'Everything about payments', ['payment']);
  const adjustable = await createPlan(call, weather, { name: 'Adjustable plan', months: 1, published: true, from });
  const gold = await createPlan(call, payments, { name: 'Gold', months: 3, published: true, from });
  await createPlan(call, payments, { name: 'Silver', months: 1, published: false, from });
  await subscribe(call, developer, { plan: adjustable, quotaTarget: 1000, from });
  await subscribe(call, developer, { plan: gold, quotaTarget: 50_000, from });
  await subscribe(call, 'joe@example.com', { plan: adjustable, quotaTarget: 5000, from });
  const [first = '', second = '', third = '', fourth = ''] = webhooks;
  await notify(call, adjustable, '%= 50 to 120 by 10', [first, third]);
  await notify(call, adjustable, '%= 100', [second]);
  await notify(call, gold, '%= 5 to 100 by 5', [fourth]);
}

async function createPackage(call: Call, name: string, description: string, products: string[]): Promise<string> {
  const product = products.map((id) => ({ id }));
  return (await call('POST', `${apigee}/monetization-packages`, { name, description, product, status: 'ACTIVE' })).id;
}

interface WantedPlan {
  readonly name: string;
  readonly months: number;
  readonly published: boolean;
  readonly from: string;
}

async function createPlan(
  call: Call,
  ofPackage: string,
  { name, months, published, from }: WantedPlan,
): Promise<string> {
  const detail = {
    type: 'USAGE_TARGET',
    meteringType: 'DEV_SPECIFIC',
    durationType: 'MONTH',
    ratingParameter: 'VOLUME',
  };
  const body = { name, published, startDate: from, ratePlanDetails: [{ ...detail, duration: months }] };
  return (await call('POST', `${apigee}/monetization-packages/${ofPackage}/rate-plans`, body)).id;
}

interface WantedSubscription {
  readonly plan: string;
  readonly quotaTarget: number;
  readonly from: string;
}

async function subscribe(call: Call, email: string, { plan, quotaTarget, from }: WantedSubscription): Promise<void> {
  const body = { developer: { id: email }, ratePlan: { id: plan }, startDate: from, quotaTarget };
  await call('POST', `${apigee}/developers/${email}/developer-rateplans`, body);
}

async function notify(call: Call, plan: string, percentages: string, webhooks: string[]): Promise<void> {
  await call('POST', `${apigee}/notification-conditions`, {
    notificationCondition: [
      { attribute: 'RATEPLAN', value: plan },
      { attribute: 'PUBLISHED', value: 'TRUE' },
      { attribute: 'UsageTarget', value: percentages },
    ],
    actions: webhooks.map((value) => ({ actionAttribute: 'WEBHOOK', value })),
  });
}

async function createDistributors(call: Call, { company, shop }: Receivers): Promise<string[]> {
  const basic = { type: 1, username: 'hookgate', password: 'only-for-the-demonstration' };
  const token = { type: 2, token: 'only-for-the-demonstration' };
  const wanted = [
    { host: shop.url, path: '/hooks/orders' },
    { host: shop.url, path: '/orders/mirror?format=json', authentication: token },
    { host: company.url, path: '/invoices', method: 3, authentication: basic },
    { host: company.url, path: '/legacy/orders', authentication: basic },
  ];
  const ids: string[] = [];
  for (const [index, meta] of wanted.entries()) {
    const node = nodes[index % nodes.length];
    ids.push(
      (await call('POST', `${integrationPath}/distributors/nodes/${node}`, { meta: { method: 2, ...meta } })).id,
    );
  }
  return ids;
}

/** Types with examples, and a distributor that gets some of them, in its own way. */
async function describeEvents(call: Call, [, mirror]: readonly string[]): Promise<void> {
  const order = { order: 'A-1042', items: 2 };
  const schema = {
    type: 'object',
    properties: { order: { type: 'string' }, items: { type: 'integer', minimum: 1 } },
    required: ['order'],
  };
  const types = {
    'order.filled': { description: 'All items of an order are at hand.', example: order, schema },
    'order.shipped': { description: 'An order has left the warehouse.', example: order },
    'invoice.created': { description: 'An invoice was written.' },
  };
  for (const [name, type] of Object.entries(types)) await call('PUT', `${integrationPath}/event-types/${name}`, type);
  await call('PUT', `${integrationPath}/distributors/${mirror}/delivery`, {
    event_types: ['order.*', 'invoice.created'],
    headers: { 'X-Api-Key': 'only-for-the-demonstration' },
    retry_schedule: [30, 300, 7200],
    rate_limit: { per_second: 5 },
  });
}

/** Sends most in the middle of the day; in odd hours also to the endpoints that fail. */
async function sendHour(call: Call, distributors: readonly string[], hour: number, isOdd: boolean): Promise<void> {
  const [orders, mirror, invoices, legacy] = distributors;
  const busy = 1 + Math.round(3 * Math.sin((Math.PI * hour) / 24) ** 2);
  const targets = [
    ...Array.from({ length: busy }, () => orders),
    mirror,
    ...(isOdd ? [invoices, invoices, legacy] : []),
  ];
  for (const [index, distributor] of targets.entries()) {
    const type = eventTypes[(hour + index) % eventTypes.length];
    const data = {
      order: `A-${1000 + hour * 10 + index}`,
      total: { amount: '129.90', currency: 'TRY' },
      items: index + 1,
    };
    await call('POST', `${integrationPath}/distributors/${distributor}/events`, { type, data });
  }
}

async function reportHour(call: Call, hour: number, hours: number): Promise<void> {
  const report = (email: string, product: string, count: number): Promise<Answered> =>
    call('POST', `${apigee}/transactions`, {
      developer: { id: email },
      application: { id: `${product}-app` },
      product: { id: product },
      batchSize: Math.max(1, Math.round(count / hours)),
    });
  if (hour % 2 === 1 && hour !== hours) return;
  await report(developer, 'weather', 1880);
  await report(developer, 'payment', 15_400);
  await report('joe@example.com', 'weather', 4300);
}

/** Waits until no delivery is due: all are settled or wait for their retry. */
async function settle(call: Call): Promise<void> {
  const isSettled = async (): Promise<boolean> => {
    const { deliveries } = await call('GET', `${integrationPath}/deliveries?status=in_flight`);
    const { deliveries: waiting } = await call('GET', `${integrationPath}/deliveries?status=pending&limit=100`);
    return (
      deliveries.length === 0 && waiting.every(({ attempt_count }: { attempt_count: number }) => attempt_count > 0)
    );
  };
  await until(isSettled, { timeoutMs: 30_000 });
}

/** An event for all subscribers, one of which refuses it. */
const shipOrder = (call: Call): Promise<Answered> =>
  call('POST', `${integrationPath}/events`, { type: 'order.shipped', data: { order: 'A-1042', items: 2 } });

/** One webhook is off, with a delivery that is held; one delivery was cancelled. */
async function holdAndCancel(call: Call, [, , billing]: readonly string[]): Promise<void> {
  const { deliveries } = await call('GET', `${integrationPath}/deliveries?status=pending&limit=100`);
  const ofDistributor = deliveries.find((one: Answered) => one.endpoint.kind === 'distributor');
  if (ofDistributor) await call('POST', `${integrationPath}/deliveries/${ofDistributor.id}/cancel`);
  await call('PUT', `${apigee}/webhooks/${billing}`, { enabled: false });
}
