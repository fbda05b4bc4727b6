import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { developer, plan, product, startUsage, type UsageClient } from './usage-client.ts';

const nodeId = 'e40efce4-38a3-46c4-a202-e8db95d0409c';

const traceIdOf = (number: number): string => `4bf92f3577b34da6a3ce929d0e0e47${String(number).padStart(2, '0')}`;
const traceparentOf = (number: number): string => `00-${traceIdOf(number)}-00f067aa0ba902b7-01`;
const headersOf = (number: number) => ({ traceparent: traceparentOf(number), tracestate: 'vendor=1' });

onEveryEngine('the trace of a call', ({ serverUrl }) => {
  let client: UsageClient;

  before(async () => {
    client = await startUsage(serverUrl);
  });
  after(() => client.close());

  /** The traces of the requests at a path, by `quotaPercentUsed`. */
  const tracesAt = (path: string) =>
    Object.fromEntries(
      client.received(path).map(({ headers, body }) => [JSON.parse(body).quotaPercentUsed, headers.traceparent]),
    );

  test('a threshold calls with the trace of the report that crossed it', async () => {
    await client.subscribe();
    await client.notify([await client.webhook('/crossed')], ['%= 80 to 120 by 10']);
    await client.use(79, {}, { headers: headersOf(1) });
    await client.use(2, {}, { headers: headersOf(2) });
    await client.use(10);
    await client.use(10, {}, { headers: { traceparent: 'invalid' } });
    await client.use(19, {}, { headers: headersOf(3) });
    await client.callbacks('/crossed', 5);
    assert.deepEqual(tracesAt('/crossed'), {
      80: traceparentOf(2),
      90: undefined,
      100: undefined,
      110: traceparentOf(3),
      120: traceparentOf(3),
    });
    assert.ok(client.received('/crossed').every(({ headers }) => headers.tracestate === undefined));
  });

  test('a test call has the trace of the call that asked for it, and the attempt its id', async () => {
    const id = await client.webhook('/tested');
    const { status, body } = await client.call(`/webhooks/${id}/test/${developer}/my-app/${product}/${plan}`, {
      body: { eventTriggerReason: 'RATEPLANQUOTAUSAGE', properties: [] },
      headers: headersOf(4),
    });
    assert.equal(status, 201);
    await eventually(() => client.received('/tested').length === 1);
    assert.equal(client.received('/tested')[0]?.headers.traceparent, traceparentOf(4));
    const { attempts } = await eventually(async () => {
      const token = await client.gateway.token({ org: 'myorg', scope: 'integration:read' });
      const path = `/api/v1/integration/deliveries/${body.id}`;
      const found = (await client.gateway.request(path, { target: 'integration', token })).body;
      return found.attempts?.length > 0 ? found : undefined;
    });
    assert.equal(attempts[0].trace_id, traceIdOf(4));
    assert.equal(attempts[0].request_headers.traceparent, traceparentOf(4));
  });

  test('events have the trace of the call that sent or published them', async () => {
    const token = await client.gateway.token({ org: 'myorg', scope: 'integration:read integration:write' });
    const post = async (path: string, body: object, number?: number) => {
      const headers = number === undefined ? {} : headersOf(number);
      const options = { target: 'integration', token, body, headers };
      const { status, text, body: answer } = await client.gateway.request(`/api/v1/integration${path}`, options);
      assert.ok(status === 201 || status === 202, text);
      return answer;
    };
    const meta = { host: client.receiver.url, path: '/event', method: 2 };
    const { id } = await post(`/distributors/nodes/${nodeId}`, { meta });
    const event = { type: 'order.filled', data: { a: 1 } };
    await post(`/distributors/${id}/events`, event, 5);
    await post(`/distributors/nodes/${nodeId}/events`, event, 6);
    await post('/events', event, 7);
    await post('/events', event);
    await post(`/distributors/${id}/test`, {}, 8);
    await eventually(() => client.received('/event').length === 5);
    assert.deepEqual(
      new Set(client.received('/event').map(({ headers }) => headers.traceparent)),
      new Set([...[5, 6, 7, 8].map(traceparentOf), undefined]),
    );
  });
});
