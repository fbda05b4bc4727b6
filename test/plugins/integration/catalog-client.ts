import assert from 'node:assert/strict';
import { integration } from '../../../plugins/integration/index.ts';
import { toBriefProfile } from '../../../plugins/integration/organizations/profile-view.ts';
import { createTestGateway, type TestAnswer, type TestGateway, type TestRequest } from '../../../src/testing/index.ts';

/** The body of an answer, untyped: the tests know its shape. */
export type Body = TestAnswer['body'];

/** Calls to the catalog as one caller of one organization, without a target header. */
export interface CatalogClient {
  readonly gateway: TestGateway;
  readonly organization: string;
  /** Calls a path below `/v1/organizations/<the organization>`. */
  management(path: string, request?: TestRequest): Promise<TestAnswer>;
  /** Calls a path below `/v1/mint/organizations/<the organization>`. */
  mint(path: string, request?: TestRequest): Promise<TestAnswer>;
  /** These functions create a resource and resolve to the answer's body. */
  developer(email: string, more?: object): Promise<Body>;
  product(name: string, more?: object): Promise<Body>;
  package(name: string, products?: readonly string[], more?: object): Promise<Body>;
  /** A published adjustable notification plan with a cycle of one month, unless `more` overrides it. */
  plan(packageId: string, name: string, more?: object): Promise<Body>;
  subscribe(email: string, planId: string, more?: object): Promise<TestAnswer>;
  as(organization: string): Promise<CatalogClient>;
  close(): Promise<void>;
}

/** An ordinary day, away from the ends of months and years. */
export const today = '2026-03-10';

export const adjustable = (change: object = {}): object => ({
  type: 'USAGE_TARGET',
  meteringType: 'DEV_SPECIFIC',
  duration: 1,
  durationType: 'MONTH',
  ratingParameter: 'VOLUME',
  ...change,
});

export const person = { firstName: 'Nikola', lastName: 'Tesla', userName: 'theramin' };

export async function startCatalog(serverUrl: string | undefined): Promise<CatalogClient> {
  const gateway = await createTestGateway({ plugins: [integration], serverUrl });
  gateway.clock.set(new Date(`${today}T12:00:00Z`));
  return clientFor(gateway, 'myorg');
}

export async function clientFor(gateway: TestGateway, organization: string): Promise<CatalogClient> {
  const claims = { org: organization, scope: 'integration:read integration:write', lifetimeSeconds: 30 * 24 * 3600 };
  const token = await gateway.token(claims);
  const below =
    (base: string) =>
    (path: string, request: TestRequest = {}) =>
      gateway.request(`${base}/${organization}${path}`, { token, ...request });
  const management = below('/v1/organizations');
  const mint = below('/v1/mint/organizations');

  return {
    gateway,
    organization,
    management,
    mint,
    developer: async (email, more) => created(await management('/developers', { body: { email, ...person, ...more } })),
    product: async (name, more) =>
      created(await management('/apiproducts', { body: { name, displayName: `The ${name}`, ...more } })),
    package: async (name, products = [], more = {}) => {
      const body = { name, displayName: name, product: products.map((id) => ({ id })), ...more };
      return created(await mint('/monetization-packages', { body }));
    },
    plan: async (packageId, name, more) => {
      const body = { name, published: true, startDate: '2026-01-01', ratePlanDetails: [adjustable()], ...more };
      return created(await mint(`/monetization-packages/${packageId}/rate-plans`, { body }));
    },
    subscribe: (email, planId, more) =>
      mint(`/developers/${email}/developer-rateplans`, {
        body: { developer: { id: email }, ratePlan: { id: planId }, startDate: today, quotaTarget: 1000, ...more },
      }),
    as: (other) => clientFor(gateway, other),
    close: () => gateway.close(),
  };
}

function created(answer: TestAnswer): Body {
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

/** An organization without a profile of its own, inside plans, packages and developers. */
export const organizationOf = (name: string): object =>
  toBriefProfile({ name, profile: {}, settings: {}, history: undefined });

/** A product without members of its own, inside a package. */
export const packagedProduct = (name: string, organization: string): object => ({
  ...{ id: name, name, displayName: `The ${name}`, status: 'CREATED' },
  organization: { id: organization },
});

/** Members of plans that were not sent. */
export const planDefaults = {
  ...{ advance: false, isPrivate: false, keepOriginalStartDate: false, prorate: false },
  currency: { id: 'usd', name: 'USD' },
};

/** Asserts that a call failed with this error, in the shape of the monetization API. */
export function assertMint(answer: TestAnswer, status: number, code: string, contexts?: object): void {
  assert.equal(answer.body?.code, `mint.${code}`, answer.text);
  assert.equal(answer.status, status, answer.text);
  assert.deepEqual(Object.keys(answer.body), ['code', 'contexts', 'message']);
  const seen = answer.body.contexts.map(({ name, value }: { name: string; value: string }) => [name, value]);
  if (contexts) assert.deepEqual(Object.fromEntries(seen), contexts);
}

/** Asserts a `mint.validationError` about exactly these fields. */
export function assertBadFields(answer: TestAnswer, fields: readonly string[], note = ''): void {
  assert.equal(answer.body?.code, 'mint.validationError', `${note} ${answer.text}`);
  assert.equal(answer.status, 400);
  const seen = answer.body.contexts.map(({ name }: { name: string }) => name);
  assert.deepEqual([...new Set(seen)].sort(), [...fields].sort(), `${note} ${answer.text}`);
}

export const assertMissing = (answer: TestAnswer, type: string, id: string): void => {
  assertMint(answer, 404, 'resourceDoesNotExist', { type, id });
  assert.equal(answer.body.message, `${type} with id [${id}] does not exist`);
};
