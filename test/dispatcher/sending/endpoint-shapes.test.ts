import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ResolvedEndpoint } from '../../../src/plugin.ts';
import {
  answer,
  createReceiver,
  createTestGateway,
  type Receiver,
  type TestGateway,
} from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { active, createProbe, type Probe } from '../../support/probe-plugin.ts';

const secret = 'tell-nobody';

onEveryEngine('endpoints as plugins describe them', ({ serverUrl }) => {
  let gateway: TestGateway;
  let receiver: Receiver;
  let probe: Probe;
  /** Overrides of the plugin's descriptions, by endpoint. */
  const described = new Map<string, unknown>();

  before(async () => {
    receiver = await createReceiver(() => answer(200, 'thanks'));
    probe = createProbe(receiver.url);
    const resolve = probe.resolve;
    probe.resolve = async (ids) => {
      const endpoints = new Map<string, unknown>(await resolve(ids));
      for (const id of ids) if (described.has(id)) endpoints.set(id, described.get(id));
      return endpoints as Map<string, ResolvedEndpoint>;
    };
    const env = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', DISPATCH_POLL_INTERVAL_MS: '100' };
    gateway = await createTestGateway({ plugins: [probe.plugin], serverUrl, env });
  });
  after(async () => {
    await gateway.close();
    await receiver.close();
  });

  const seen = (endpoint: string): number => receiver.received.filter(({ path }) => path === `/${endpoint}`).length;

  const delivered = (id: string) =>
    eventually(async () => {
      const delivery = await probe.dispatcher.deliveries.read('test-org', id);
      return delivery.status === 'delivered' ? delivery : undefined;
    });

  /** Resolves once a delivery waits for a later look-up of its endpoint. */
  const postponed = (id: string) =>
    eventually(async () => {
      const row = await probe.database.read((db) => db('dispatcher_queue').where({ delivery_id: id }).first());
      return row?.lease_token === 0 && row.due_at > gateway.clock.now() + 20_000_000;
    });

  test('an endpoint without `confidential` gets one request, and the attempt is on record', async () => {
    const { confidential: _, ...rest } = active(`${receiver.url}/open`) as Extract<ResolvedEndpoint, { url: string }>;
    described.set('open', rest);
    const [id = ''] = await probe.enqueue('open');
    const { attempts } = await delivered(id);
    assert.deepEqual(
      attempts.map(({ number, status, responseBody }) => [number, status, responseBody]),
      [[1, 200, 'thanks']],
    );
    assert.equal(seen('open'), 1);
  });

  for (const url of ['ftp://127.0.0.1/', 'data:text/plain,a', 'somewhere', '']) {
    test(`an endpoint with the URL "${url}", which is not HTTP, fails for good`, async () => {
      described.set('elsewhere', active(url));
      const [id = ''] = await probe.enqueue('elsewhere');
      const { status, attempts } = await eventually(async () => {
        const delivery = await probe.dispatcher.deliveries.read('test-org', id);
        return delivery.status === 'pending' || delivery.status === 'in_flight' ? undefined : delivery;
      });
      assert.equal(status, 'failed');
      assert.deepEqual(
        attempts.map(({ error }) => error),
        ['request_not_buildable'],
      );
    });
  }

  const invalid: Record<string, unknown> = {
    nothing: null,
    text: secret,
    'no-state': {},
    'no-url': { url: undefined },
    'no-method': { method: undefined },
    'bad-authorization': { authorization: { secret } },
    'bad-secrets': { secrets: [secret] },
    'bad-confidential': { confidential: secret },
    'bad-texts': { confidential: [secret, undefined] },
  };

  for (const [name, fault] of Object.entries(invalid)) {
    test(`an invalid endpoint (${name}) gets no request and delays no other`, async () => {
      const isPart = typeof fault === 'object' && fault !== null && name !== 'no-state';
      described.set(name, isPart ? { ...active(`${receiver.url}/${name}`), ...fault } : fault);
      const [wrong = '', right = ''] = [...(await probe.enqueue(name)), ...(await probe.enqueue('right'))];
      await delivered(right);
      await postponed(wrong);
      assert.equal(seen(name), 0);
      assert.equal((await probe.dispatcher.deliveries.read('test-org', wrong)).status, 'pending');
      await eventually(() => gateway.log.some((line) => line.includes(`"endpoint":"${name}"`)));
      assert.ok(!gateway.log.some((line) => line.includes(secret)));
    });
  }

  test('an answer whose redaction fails is recorded without its content, and the request not repeated', async () => {
    const confidential = Object.assign([secret], {
      filter: () => {
        throw new RangeError(secret);
      },
    });
    described.set('stubborn', { ...active(`${receiver.url}/stubborn`), confidential });
    const [id = ''] = await probe.enqueue('stubborn');
    const [attempt] = (await delivered(id)).attempts;
    assert.deepEqual([attempt?.status, attempt?.responseBody, attempt?.truncated], [200, '', true]);
    assert.equal(seen('stubborn'), 1);
    await eventually(() => gateway.log.some((line) => line.includes(id)));
    assert.ok(!gateway.log.some((line) => line.includes(secret)));
  });

  test('a failure after the request was sent does not repeat it at once', async () => {
    probe.dispatcher.registerEndpointKind({
      name: 'failing',
      resolve: async (ids) => new Map(ids.map((id) => [id, active(`${receiver.url}/failing`)])),
      get maxRetries(): number {
        throw new TypeError('a test');
      },
    });
    const delivery = { organization: 'test-org', endpoint: { kind: 'failing', id: 'x' }, type: 'x', payload: '{}' };
    const [accepted] = await probe.transaction((trx) => probe.dispatcher.enqueue(trx, [delivery]));
    await postponed(accepted?.id ?? '');
    assert.equal(seen('failing'), 1);
  });
});
