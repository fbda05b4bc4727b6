import assert from 'node:assert/strict';
import type { ParsedJson, TestRequest } from '../../../src/testing/index.ts';
import { type Founder, names, settingsOf } from './founder.ts';
import type { Operation } from './operations.ts';
import type { Tenant, TenantIds } from './tenant.ts';

/** A call about a resource of an organization. */
export interface TenantCall {
  readonly operation: Operation;
  /** The path with `{org_name}` left open: the caller's naming fills it. */
  readonly path: string;
  readonly request: TestRequest;
  /** Whether the path has an id that only the owning organization can have. */
  readonly hasForeignId: boolean;
  /** Whether the path names a resource that must exist. */
  readonly isAboutOne: boolean;
}

const mint = '/v1/mint/organizations/{org_name}';
const management = '/v1/organizations/{org_name}';
const integration = '/api/v1/integration';
const app = `${management}/developers/{email}/apps/{app_name}`;
const plan = `${mint}/monetization-packages/{package_id}/rate-plans/{plan_id}`;

/** An id of the organization, or a name that other organizations may use too. */
type Meaning = keyof TenantIds | { name: string };

/** Meanings of path parameters, by the preceding segment. */
const meanings: Readonly<Record<string, Meaning>> = {
  'nodes/{node_id}': { name: names.node },
  'distributors/{id}': 'distributor',
  'events/{id}': 'event',
  'event-types/{name}': { name: names.eventType },
  'deliveries/{id}': 'failed',
  'redelivery-jobs/{id}': 'job',
  'webhooks/{id}': 'webhook',
  'test/{developer_email}': { name: names.developer },
  '{developer_email}/{app_id}': { name: names.application },
  '{app_id}/{product_id}': { name: names.product },
  '{product_id}/{rateplan_id}': { name: names.plan },
  '{rateplan_id}/{trigger_type}': { name: 'RATEPLANQUOTAUSAGE' },
  'notification-service-items/{id}': 'item',
  'notification-conditions/{id}': 'condition',
  'developers/{email}': { name: names.developer },
  'apps/{app_name}': { name: names.application },
  'apps/{app_id}': 'app',
  'keys/{consumer_key}': { name: names.key },
  'apiproducts/{product}': { name: names.product },
  'developer-rateplans/{id}': 'subscription',
  'supported-currencies/{currency}': { name: names.currency },
  'products/{product_id}': { name: names.product },
  'apiproducts/{name}': { name: names.product },
  'attributes/{attribute}': { name: names.attribute },
  'monetization-packages/{package_id}': { name: names.package },
  'rate-plans/{plan_id}': { name: names.plan },
};

/** Meanings of the last parameter where the general meaning would not cover everything. */
const exceptions: Readonly<Record<string, readonly Meaning[]>> = {
  [`POST ${integration}/deliveries/{id}/redeliver`]: ['failed', 'gone'],
  [`POST ${integration}/deliveries/{id}/cancel`]: ['pending'],
  [`DELETE ${integration}/distributors/{id}`]: ['busy'],
  [`DELETE ${mint}/webhooks/{id}`]: ['spareWebhook'],
  [`DELETE ${management}/developers/{email}`]: [{ name: names.spareDeveloper }],
  [`DELETE ${management}/apps/{app_id}`]: ['spareApp'],
  [`DELETE ${app}`]: [{ name: names.spareApplication }],
  [`DELETE ${app}/keys/{consumer_key}`]: [{ name: names.spareKey }],
  [`DELETE ${management}/apiproducts/{name}`]: [{ name: names.spareProduct }],
  [`DELETE ${mint}/monetization-packages/{package_id}`]: [{ name: names.sparePackage }],
  [`PUT ${plan}`]: [{ name: names.draft }],
  [`DELETE ${plan}`]: [{ name: names.draft }],
  [`DELETE ${mint}/rate-plans/{plan_id}`]: [{ name: names.spareDraft }],
};

/**
 * Query parameters that can name a resource, or ask for a page whose entries are counted; other parameters only filter
 * a list.
 */
const references: Readonly<Record<string, (tenant: Tenant, operation: Operation) => string>> = {
  endpoint: ({ ids }) => ids.distributor,
  endpoints: ({ ids }) => ids.distributor,
  node: () => names.node,
  // The later one: ids of distributors and of deliveries follow different clocks.
  cursor: ({ ids }) => [ids.busy, ids.pending].toSorted().at(-1) ?? '',
  type: ({ mark }) => `order.${mark}`,
  name: () => names.webhook,
  action: (_tenant, { title }) => (title.endsWith('/developers/{email}') ? 'active' : 'approve'),
  START_DATE: () => '2020-01-01',
  END_DATE: () => '2100-01-01',
  productId: () => names.product,
  size: () => '1',
  per_page: () => '1',
  limit: () => '1',
};
const harmless = new Set(
  'page all current sort status error last_status url_host event from to step kind state failing startdate enddate forceDelete expand shallowExpand includeCred utctime utctime2 utctme utctme2 count rows startKey apptype appfamily app attributename attributevalue monetized allAvailable'.split(
    ' ',
  ),
);

/** Derives a request body from the documented example. */
type Adapt = (example: ParsedJson, tenant: Tenant, caller: Founder) => ParsedJson;

const distributor: Adapt = ({ meta }, _tenant, { receiver, mark }) => ({
  meta: { ...meta, host: receiver.url, path: `/${mark}/accepting`, method: 2 },
});
const settings: Adapt = (example, _tenant, { mark }) => ({ ...example, ...settingsOf(mark), ordered: false });
const event: Adapt = (example, _tenant, { mark }) => ({ ...example, data: { mark } });
const developer: Adapt = (example, _tenant, { mark }) => ({ ...example, email: names.developer, companyName: mark });
const product: Adapt = (example, _tenant, { mark }) => ({ ...example, name: names.product, displayName: mark });
const attributes: Adapt = (_example, _tenant, { mark }) => ({ attribute: [{ name: names.attribute, value: mark }] });
const attribute: Adapt = (_example, _tenant, { mark }) => ({ value: mark });
const condition: Adapt = ({ notificationCondition, actions }, { ids }) => ({
  notificationCondition: notificationCondition.map((part: ParsedJson) =>
    part.attribute === 'RATEPLAN' ? { ...part, value: names.plan } : part,
  ),
  actions: actions.map((action: ParsedJson) => ({ ...action, value: ids.webhook })),
});
const redelivery =
  (isCounting: boolean): Adapt =>
  (_example, { ids }) => ({ filter: { endpoint: ids.distributor }, dry_run: isCounting });
const usage =
  (id: string): Adapt =>
  (example, _tenant, { mark }) => ({
    ...example,
    developer: { id: names.developer },
    product: { id },
    application: { id: mark },
    batchSize: 10,
  });
const asItIs: Adapt = (example) => example;

/** PUT creates the entry that it names, and DELETE finds it. */
const isOfOwnEntry = ({ title, method }: Operation): boolean =>
  method !== 'GET' && title.endsWith('/event-types/{name}');

/** Adapts the documented example bodies to the organization's resources. */
const bodies: Readonly<Record<string, Adapt | readonly Adapt[]>> = {
  [`POST ${integration}/distributors/nodes/{node_id}`]: distributor,
  [`PUT ${integration}/distributors/{id}`]: distributor,
  [`PUT ${integration}/distributors/{id}/delivery`]: (example, tenant, caller) => ({
    ...settings(example, tenant, caller),
    event_types: ['*'],
  }),
  [`PATCH ${integration}/distributors/{id}/delivery`]: asItIs,
  [`PUT ${mint}/webhooks/{id}/delivery`]: settings,
  [`PATCH ${mint}/webhooks/{id}/delivery`]: asItIs,
  [`POST ${integration}/distributors/{id}/events`]: event,
  [`POST ${integration}/distributors/nodes/{node_id}/events`]: event,
  [`PUT ${integration}/event-types/{name}`]: (example, _tenant, { mark }) => ({ ...example, description: mark }),
  [`POST ${integration}/events/{id}/redeliver`]: asItIs,
  [`POST ${integration}/distributors/{id}/test`]: asItIs,
  [`POST ${integration}/events`]: (example, _tenant, { mark }) => ({ ...example, data: { mark }, node_id: names.node }),
  [`POST ${integration}/portal-links`]: asItIs,
  [`POST ${integration}/deliveries/redeliver`]: [redelivery(false), redelivery(true)],
  [`POST ${mint}/webhooks`]: (example, _tenant, { receiver }) => ({
    ...example,
    name: names.webhook,
    postURL: receiver.url,
  }),
  [`PUT ${mint}/webhooks/{id}`]: (example, _tenant, { receiver }) => ({ ...example, postURL: receiver.url }),
  [`POST ${mint}/webhooks/{id}`]: asItIs,
  [`POST ${mint}/webhooks/{id}/test/{developer_email}/{app_id}/{product_id}/{rateplan_id}`]: asItIs,
  [`POST ${management}`]: (example, _tenant, { mark }) => ({ ...example, displayName: mark }),
  [`PUT ${mint}`]: (example, _tenant, { mark }) => ({ ...example, description: mark, currency: names.currency }),
  [`POST ${management}/developers`]: developer,
  [`PUT ${management}/developers/{email}`]: developer,
  [`POST ${management}/developers/{email}/apps`]: (example) => ({ ...example, name: names.application }),
  [`POST ${management}/developers/{email}`]: (_example, _tenant, { mark }) => ({ companyName: mark }),
  ...Object.fromEntries(
    [`${management}/developers/{email}`, app, `${app}/keys/{consumer_key}`].flatMap((path) => [
      [`POST ${path}/attributes`, attributes],
      [`POST ${path}/attributes/{attribute}`, attribute],
    ]),
  ),
  [`PUT ${app}`]: asItIs,
  [`POST ${app}`]: asItIs,
  [`POST ${app}/keys/create`]: (example) => ({ ...example, consumerKey: names.key }),
  [`PUT ${app}/keys/{consumer_key}`]: asItIs,
  [`POST ${app}/keys/{consumer_key}`]: () => ({ apiProducts: [names.product] }),
  [`POST ${management}/apiproducts`]: product,
  [`PUT ${management}/apiproducts/{name}`]: product,
  [`POST ${management}/apiproducts/{name}`]: product,
  [`POST ${management}/apiproducts/{name}/attributes`]: attributes,
  [`POST ${management}/apiproducts/{name}/attributes/{attribute}`]: attribute,
  [`POST ${mint}/monetization-packages/{package_id}/products/{product_id}`]: asItIs,
  [`POST ${mint}/monetization-packages`]: (example) => ({
    ...example,
    name: names.package,
    product: [{ id: names.product }, { id: names.spareProduct }],
  }),
  [`POST ${mint}/monetization-packages/{package_id}/rate-plans`]: (example) => ({ ...example, name: 'Gold' }),
  [`PUT ${plan}`]: (example) => ({ ...example, name: 'Draft', published: false }),
  [`POST ${plan}/revision`]: asItIs,
  [`POST ${mint}/developers/{email}/developer-rateplans`]: (example) => ({
    ...example,
    developer: { id: names.developer },
    ratePlan: { id: names.plan },
  }),
  [`PUT ${mint}/developers/{email}/developer-rateplans/{id}`]: (example) => ({ ...example, quotaTarget: 100 }),
  [`POST ${mint}/notification-conditions`]: condition,
  [`PUT ${mint}/notification-conditions/{id}`]: condition,
  [`POST ${mint}/transaction-search`]: () => ({
    devCriteria: [{ id: names.developer }],
    productIds: [names.product],
  }),
  [`POST ${mint}/transactions`]: [usage(names.spareProduct), usage(names.product)],
};

/**
 * The calls that try an operation on this organization's resources: one for each resource and body, and one for each of
 * its query parameters in `references`. Fails for operations that this file does not cover, so that none is forgotten.
 */
export function callsAbout(operation: Operation, tenant: Tenant, caller: Founder): TenantCall[] {
  const { title, method, target, example } = operation;
  const adapt = bodies[title];
  assert.equal(
    adapt !== undefined,
    example !== undefined,
    `${title}: a documented body must have an adapted one, and the reverse`,
  );
  const given = adapt === undefined ? [undefined] : [adapt].flat().map((each) => each(example, tenant, caller));
  const queries = operation.queries.flatMap((name) => {
    const reference = references[name];
    assert.ok(reference || harmless.has(name), `${title}: unknown query parameter ${name}`);
    if (!reference) return [];
    const required = operation.requiredQueries.map(
      (each) => [each, references[each]?.(tenant, operation) ?? ''] as const,
    );
    return [`?${new URLSearchParams({ ...Object.fromEntries(required), [name]: reference(tenant, operation) })}`];
  });
  const withoutQuery = operation.requiredQueries.length > 0 ? [] : [''];
  return (exceptions[title] ?? [undefined]).flatMap((last) => {
    const filled = fillPath(operation, tenant, last);
    return [...withoutQuery, ...queries].flatMap((query) =>
      given.map((body) => ({
        operation,
        request: { method, target, body },
        ...filled,
        path: `${filled.path}${query}`,
      })),
    );
  });
}

type Filled = Omit<TenantCall, 'operation' | 'request'>;

function fillPath(operation: Operation, { ids }: Tenant, last: Meaning | undefined): Filled {
  const { title, path } = operation;
  const segments = path.split('/');
  const lastIndex = segments.findLastIndex((segment) => segment.startsWith('{'));
  let hasForeignId = false;
  let isAboutOne = false;
  const filled = segments.map((segment, index) => {
    if (!segment.startsWith('{') || segment === '{org_name}') return segment;
    const key = `${segments[index - 1]}/${segment}`;
    const meaning = (index === lastIndex ? last : undefined) ?? meanings[key];
    assert.ok(meaning, `${title}: unknown path parameter ${key}`);
    hasForeignId ||= typeof meaning === 'string';
    isAboutOne ||= key !== 'nodes/{node_id}' && !isOfOwnEntry(operation);
    return encodeURIComponent(typeof meaning === 'string' ? ids[meaning] : meaning.name);
  });
  return { path: filled.join('/'), hasForeignId, isAboutOne };
}

/** Orders calls: reads first, then changes, then creations, deletions last. Each call finds its resource. */
export const inOrder = (calls: readonly TenantCall[]): TenantCall[] =>
  [...calls].sort((one, other) => turnOf(one) - turnOf(other));

function turnOf({ operation: { method }, isAboutOne }: TenantCall): number {
  if (method === 'DELETE') return 4;
  return method === 'POST' && !isAboutOne ? 3 : ['GET', 'PUT', 'POST'].indexOf(method);
}
