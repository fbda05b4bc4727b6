// Compiled, never run: calls that a strict program may write with the client, and mistakes that it may not.
import { createClient, type Delivery, type HookgateErrorCode, isHookgateError, verifyWebhook } from 'hookgate/client';

const key = { api_key: 'hk_key', secret_key: 'secret' };
const hookgate = createClient({ url: 'http://127.0.0.1:8080', credentials: key });
const org = { org_name: 'myorg' };

export async function calls(): Promise<Delivery[]> {
  const failed: Delivery[] = [];
  const query = { status: 'failed' } as const;
  for await (const delivery of hookgate.pages('/api/v1/integration/deliveries', { params: { query } }))
    failed.push(delivery);
  const { data } = await hookgate.GET('/api/v1/integration/deliveries');
  const cursor: string | null = data.next_cursor;
  const delivery = await hookgate.call('getDelivery', { params: { path: { id: 'x' } } });
  const status: number | null | undefined = delivery.attempts[0]?.status;
  const gone: undefined = await hookgate.call('deleteWebhook', { params: { path: { ...org, id: 'x' } } });
  await hookgate.call('sendEvent', {
    params: { path: { id: 'x' }, header: { 'Idempotency-Key': 'order-42', 'X-Organization': 'another' } },
    body: { type: 'order.filled', data: { lines: [{ amount: 12.5 }], note: null } },
  });
  return [cursor, status, gone].length > 3 ? failed : [];
}

export async function mistakes(): Promise<void> {
  const params = { path: org };
  const path = { node_id: 'x' };
  // @ts-expect-error An unknown member.
  await hookgate.call('createDistributor', { params: { path }, body: { meta: null, unknown: 1 } });
  // @ts-expect-error A misspelt member.
  await hookgate.call('createWebhook', { params, body: { name: 'a', postUrl: 'b', enable: true } });
  // @ts-expect-error A member of another type.
  await hookgate.call('createWebhook', { params, body: { name: 1, postUrl: 'b' } });
  // @ts-expect-error No path parameter.
  await hookgate.call('createWebhook', { body: { name: 'a', postUrl: 'b' } });
  // @ts-expect-error No options.
  await hookgate.call('createWebhook');
  // @ts-expect-error An unknown operation.
  await hookgate.call('createWebhok', { params });
  // @ts-expect-error An unknown path.
  await hookgate.GET('/api/v1/integration/delivery');
  // @ts-expect-error A path without this method.
  await hookgate.PUT('/api/v1/integration/deliveries');
  // @ts-expect-error An unknown status.
  await hookgate.GET('/api/v1/integration/deliveries', { params: { query: { status: 'lost' } } });
  // @ts-expect-error Another target than the client's.
  await hookgate.call('createAccessToken', { body: key });
  // @ts-expect-error Two kinds of credentials.
  createClient({ url: 'http://127.0.0.1:8080', credentials: key, token: 'token' });
  // @ts-expect-error No credentials.
  createClient({ url: 'http://127.0.0.1:8080' });
}

export const codeOf = (error: unknown): HookgateErrorCode | undefined =>
  isHookgateError(error) ? error.code : undefined;

export const typeOf = async (request: Request): Promise<string> => {
  const callback = await verifyWebhook<{ type: string }>(request.headers, await request.arrayBuffer(), 'whsec_AAAA');
  return callback.payload.type;
};
