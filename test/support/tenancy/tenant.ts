import assert from 'node:assert/strict';
import { createApiKeyService } from '../../../plugins/authentication/keys/api-key-service.ts';
import {
  answer,
  type ParsedJson,
  type Script,
  type TestGateway,
  type TestRequest,
} from '../../../src/testing/index.ts';
import { eventually } from '../eventually.ts';
import { sell } from './catalog.ts';
import { type Founder, idempotencyKey, mintBase, names, settingsOf, type Voice } from './founder.ts';

/** A day on which the dates of the documented examples are valid. */
export const day = new Date('2026-01-31T12:00:00Z');

/** The endpoint's path decides: refuse, fail until later, or accept. */
export const tenantScript: Script = ({ path }) =>
  answer(path.endsWith('/failing') ? 400 : path.endsWith('/busy') ? 503 : 200);

export type TenantIds = Awaited<ReturnType<typeof deliver>> & Awaited<ReturnType<typeof sell>>;

/** An organization that has at least one resource of every kind. */
export interface Tenant extends Founder {
  readonly ids: TenantIds;
  /** Texts that no other organization may see: the mark, ids, secrets, and the organization's name in quotes. */
  readonly secrets: readonly string[];
}

export const tokenOf = (gateway: TestGateway, organization: string): Promise<string> =>
  gateway.token({ org: organization, scope: 'integration:read integration:write' });

/**
 * Creates resources of every kind, waits until all deliveries are settled or held, and signs in with a key of the
 * organization.
 */
export async function createTenant(gateway: TestGateway, founder: Founder): Promise<Tenant> {
  const { organization, mark } = founder;
  const email = `${mark}@owner.example`;
  const token = await gateway.token({ org: organization, email, scope: 'integration:read integration:write' });
  const keyed = new Set<string>();
  const call = async (path: string, request: TestRequest = {}): Promise<ParsedJson> => {
    const given = await gateway.request(path, { target: 'integration', token, ...request });
    assert.ok(given.status < 300, `${path}: ${given.status} ${given.text}`);
    return given.body;
  };
  const voice: Voice = {
    founder,
    post(path, body) {
      const headers = keyed.has(path) ? {} : { 'Idempotency-Key': idempotencyKey };
      keyed.add(path);
      return call(path, { body, headers });
    },
    put: (path, body) => call(path, { method: 'PUT', body }),
    get: (path) => call(path),
    remove: (path) => call(path, { method: 'DELETE' }),
  };
  const ids = { ...(await deliver(voice)), ...(await sell(voice)) };
  const secrets = [
    ...(await signIn(gateway, organization, email)),
    (await call(`${base}/distributors/${ids.distributor}/secret`)).secret,
    (await call(`${mintBase(organization)}/webhooks/${ids.webhook}/secret`)).secret,
  ];
  return { ...founder, ids, secrets: [mark, JSON.stringify(organization), ...Object.values(ids), ...secrets] };
}

const base = '/api/v1/integration';

/** Creates distributors, events, deliveries in every resting state, and a redelivery job. */
async function deliver({ founder: { mark, receiver }, post, put, get, remove }: Voice) {
  await put(`${base}/event-types/${names.eventType}`, { description: mark });
  const authentication = { type: 1, username: mark, password: mark };
  const distributor = async (name: string): Promise<string> => {
    const meta = { host: receiver.url, path: `/${mark}/${name}`, method: 2, authentication };
    return (await post(`${base}/distributors/nodes/${names.node}`, { meta })).id;
  };
  const send = async (id: string): Promise<string> =>
    (await post(`${base}/distributors/${id}/events`, { type: `order.${mark}`, data: { mark } })).deliveries[0].id;
  const reached = (id: string, status: string, attempts: number): Promise<boolean> =>
    eventually(async () => {
      const found = await get(`${base}/deliveries/${id}`);
      return (found.status === status && found.attempt_count === attempts) || undefined;
    });

  const accepting = await distributor('accepting');
  await put(`${base}/distributors/${accepting}/delivery`, settingsOf(mark));
  const failing = await distributor('failing');
  const busy = await distributor('busy');
  const deleted = await distributor('deleted');
  const [delivered, failed] = [await send(accepting), await send(failing)];
  const [pending, gone] = [await send(busy), await send(deleted)];
  await reached(delivered, 'delivered', 1);
  await reached(gone, 'delivered', 1);
  await remove(`${base}/distributors/${deleted}`);
  await reached(failed, 'failed', 1);
  await reached(pending, 'pending', 1);
  const job: string = (await post(`${base}/deliveries/redeliver`, { filter: { endpoint: failing } })).id;
  await eventually(async () => (await get(`${base}/redelivery-jobs/${job}`)).state === 'done' || undefined);
  await reached(failed, 'failed', 2);
  const event: string = (await get(`${base}/deliveries/${failed}`)).event_id;
  return { event, distributor: accepting, failing, busy, delivered, failed, pending, gone, job };
}

/** Creates an API key of the organization and signs in; resolves to the key and its tokens, all of them secret. */
async function signIn(gateway: TestGateway, organization: string, email: string): Promise<string[]> {
  const keys = createApiKeyService(gateway.app.foundation);
  const key = await keys.create({ email, organizations: [organization], scope: 'integration:read' });
  const path = '/api/v1/integration/auth/authenticate';
  const { status, body } = await gateway.request(path, { target: 'authentication', body: key });
  assert.equal(status, 200);
  return [key.api_key, key.secret_key, body.access_token, body.refresh_token];
}
