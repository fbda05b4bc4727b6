import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { answer, isSignedWith } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { assertMintError, startWebhooks, type WebhookClient } from './webhook-client.ts';

onEveryEngine('deliveries of webhooks', ({ serverUrl }) => {
  let client: WebhookClient;

  before(async () => {
    // Retries are sent only when a test advances the clock.
    client = await startWebhooks(serverUrl, { DISPATCH_RETRY_INTERVAL_MS: '300000' });
  });
  beforeEach(() => client.receiver.script(() => answer(200)));
  after(() => client.close());

  const only = async (ids: Promise<string[]>): Promise<string> => {
    const [id, ...others] = await ids;
    assert.deepEqual(others, []);
    return id ?? assert.fail('nothing was enqueued');
  };
  const enable = (id: string, enabled: boolean) => client.change(id, { enabled });

  /** Creates a delivery that has failed once and waits for its retry. */
  async function createWaiting(path: string): Promise<{ id: string; delivery: string }> {
    client.receiver.script(() => answer(503));
    const id = await client.createEnabled(path);
    const delivery = await only(client.trigger([id]));
    await eventually(async () => (await client.delivery(delivery)).attempt_count === 1);
    assert.equal((await client.delivery(delivery)).status, 'pending');
    client.receiver.script(() => answer(200));
    return { id, delivery };
  }

  test('a notification is a signed POST without credentials to the whole URL', async () => {
    const id = await client.createEnabled('/hook/a?b=c&d=%20');
    const delivery = await only(client.trigger([id]));
    assert.equal((await client.reached(delivery, 'delivered')).endpoint.kind, 'webhook');
    const [request] = client.receivedAt('/hook/a?b=c&d=%20');
    assert.equal(request?.method, 'POST');
    assert.equal(request.headers['content-type'], 'application/json');
    assert.equal(request.headers.authorization, undefined);
    assert.equal(request.headers['webhook-id'], delivery);
    assert.equal(request.body, '{"orgName":"test-org"}');
    const { secret } = (await client.call(`/webhooks/${id}/secret`)).body;
    assert.match(secret, /^whsec_[\w+/]{43}=$/);
    assert.ok(isSignedWith(secret, request));
  });

  test('after a rotation both secrets sign for a day, and a second rotation ends the first secret', async () => {
    const id = await client.createEnabled('/rotated');
    const first = (await client.call(`/webhooks/${id}/secret`)).body.secret;
    const rotate = async () => (await client.call(`/webhooks/${id}/secret/rotate`, { method: 'POST' })).body.secret;
    const second = await rotate();
    assert.notEqual(second, first);
    assert.equal((await client.call(`/webhooks/${id}/secret`)).body.secret, second);
    const signedWith = async (...secrets: string[]) => {
      const delivery = await only(client.trigger([id]));
      await client.reached(delivery, 'delivered');
      const request = client.receivedAt('/rotated').at(-1) ?? assert.fail('nothing arrived');
      return secrets.map((secret) => isSignedWith(secret, request));
    };
    assert.deepEqual(await signedWith(first, second), [true, true]);
    const third = await rotate();
    assert.deepEqual(await signedWith(first, second, third), [false, true, true]);
    client.gateway.clock.advance(24 * 3600 * 1000 + 1);
    assert.deepEqual(await signedWith(second, third), [false, true]);
  });

  test('answers, the log and recorded attempts contain no secret', async () => {
    const id = await client.createEnabled('/echo');
    const { secret } = (await client.call(`/webhooks/${id}/secret`)).body;
    const bare = secret.replace('whsec_', '');
    client.receiver.script(() => answer(200, `secret ${bare}`));
    const delivery = await only(client.trigger([id]));
    const { attempts } = await client.reached(delivery, 'delivered');
    assert.equal(attempts[0].response_body, 'secret [redacted]');
    assert.ok(!JSON.stringify((await client.call('/webhooks?all=true')).body).includes(bare));
    assert.ok(!client.gateway.log.some((line) => line.includes(bare)));
  });

  test('a disabled webhook is not triggered, and missed notifications are never sent', async () => {
    const id = await client.createEnabled('/missed');
    await enable(id, false);
    assert.deepEqual(await client.trigger([id]), []);
    await enable(id, true);
    const delivery = await only(client.trigger([id]));
    await client.reached(delivery, 'delivered');
    assert.equal(client.receivedAt('/missed').length, 1);
  });

  test('disabling holds pending deliveries, and enabling releases them', async () => {
    const { id, delivery } = await createWaiting('/held');
    await enable(id, false);
    assert.equal((await client.delivery(delivery)).status, 'held');
    client.gateway.clock.advance(600_000);
    const bystander = await client.createEnabled('/bystander');
    await client.reached(await only(client.trigger([bystander])), 'delivered');
    await enable(id, false);
    assert.equal((await client.delivery(delivery)).status, 'held');
    assert.equal(client.receivedAt('/held').length, 1);
    await enable(id, true);
    assert.equal((await client.reached(delivery, 'delivered')).attempt_count, 2);
    assert.equal(client.receivedAt('/held').length, 2);
  });

  test('a change of the address alone neither holds nor releases, and applies to pending deliveries', async () => {
    const { id, delivery } = await createWaiting('/before');
    await client.change(id, { postURL: `${client.receiver.url}/after` });
    assert.equal((await client.delivery(delivery)).status, 'pending');
    client.gateway.clock.advance(300_000);
    await client.reached(delivery, 'delivered');
    assert.deepEqual([client.receivedAt('/before').length, client.receivedAt('/after').length], [1, 1]);
  });

  test('an attempt in flight finishes after the webhook is disabled, and the retry is held', async () => {
    client.receiver.script(() => ({ pieces: [], afterwards: 'silence' }));
    const id = await client.createEnabled('/in-flight');
    const delivery = await only(client.trigger([id]));
    await eventually(() => client.receivedAt('/in-flight').length === 1);
    await enable(id, false);
    await client.reached(delivery, 'held');
    client.receiver.script(() => answer(200));
    await enable(id, true);
    await client.reached(delivery, 'delivered');
  });

  test('deleting cancels pending and held deliveries', async () => {
    for (const isHeld of [false, true]) {
      const { id, delivery } = await createWaiting(`/cancelled-${isHeld}`);
      if (isHeld) await enable(id, false);
      const { status, text } = await client.remove(id, isHeld ? '?forceDelete=true' : '');
      assert.deepEqual([status, text], [204, '']);
      assert.equal((await client.delivery(delivery)).status, 'cancelled');
      assertMintError(await client.call(`/webhooks/${id}`), 404, 'mint.resourceDoesNotExist');
      assertMintError(await client.remove(id), 404, 'mint.resourceDoesNotExist');
    }
  });

  test('an attempt in flight finishes after the webhook is deleted, and the retry is cancelled', async () => {
    client.receiver.script(() => ({ pieces: [], afterwards: 'silence' }));
    const id = await client.createEnabled('/last');
    const delivery = await only(client.trigger([id]));
    await eventually(() => client.receivedAt('/last').length === 1);
    assert.equal((await client.remove(id)).status, 204);
    await eventually(async () => (await client.delivery(delivery)).status === 'pending');
    client.gateway.clock.advance(300_000);
    const { attempts } = await client.reached(delivery, 'cancelled');
    assert.deepEqual(
      attempts.map(({ error }: { error: string }) => error),
      ['read_timeout', 'endpoint_gone'],
    );
    assert.equal(client.receivedAt('/last').length, 1);
  });

  test('forceDelete=false is refused while a delivery is pending, held or in flight, and changes nothing', async () => {
    const { id, delivery } = await createWaiting('/pending');
    const refused = async (expected: string) => {
      const before = (await client.call(`/webhooks/${id}`)).body;
      const answered = await client.remove(id, '?forceDelete=false');
      assertMintError(answered, 409, 'mint.webhookHasPendingDeliveries', ['id']);
      assert.deepEqual((await client.call(`/webhooks/${id}`)).body, before);
      assert.equal((await client.delivery(delivery)).status, expected);
    };
    await refused('pending');
    await enable(id, false);
    await refused('held');
    client.receiver.script(() => ({ pieces: [], afterwards: 'silence' }));
    await enable(id, true);
    await eventually(() => client.receivedAt('/pending').length === 2);
    await refused('in_flight');
    client.receiver.script(() => answer(200));
    await eventually(async () => (await client.delivery(delivery)).status === 'pending');
    client.gateway.clock.advance(300_000);
    await client.reached(delivery, 'delivered');
    assert.equal((await client.remove(id, '?forceDelete=false')).status, 204);
    assert.equal((await client.delivery(delivery)).status, 'delivered');
  });

  test('forceDelete must be true or false', async () => {
    const id = await client.createEnabled();
    for (const value of ['', 'no', '0'])
      assertMintError(await client.remove(id, `?forceDelete=${value}`), 400, 'mint.validationError', ['forceDelete']);
    assert.equal((await client.remove(id, '?forceDelete=true&unknown=1')).status, 204);
  });

  test('a deletion waits for a transaction that triggers the webhook, and sees its deliveries', async () => {
    const cases = [
      { query: '?forceDelete=false', status: 409 },
      { query: '', status: 204 },
    ];
    client.receiver.script(() => answer(503));
    for (const { query, status } of cases) {
      const id = await client.createEnabled('/racing');
      let removal: Promise<{ status: number }> | undefined;
      const delivery = await only(
        client.trigger([id], async () => {
          let isOver = false;
          removal = client.remove(id, query).finally(() => {
            isOver = true;
          });
          // SQLite has only one connection: the deletion cannot even begin.
          if (serverUrl) await eventually(() => client.isWaiting());
          assert.equal(isOver, false);
        }),
      );
      assert.equal((await removal)?.status, status);
      if (status === 204)
        await eventually(async () => {
          client.gateway.clock.advance(300_000);
          return (await client.delivery(delivery)).status === 'cancelled';
        });
    }
  });

  test('triggering skips deleted and disabled webhooks', async () => {
    const [gone, disabled] = [await client.createEnabled('/gone'), await client.createEnabled('/disabled')];
    const all = [gone, disabled, await client.createEnabled('/there')];
    await Promise.all([client.remove(gone), enable(disabled, false)]);
    const [delivery = '', ...others] = await client.trigger(all);
    assert.deepEqual(others, []);
    await client.reached(delivery, 'delivered');
    assert.deepEqual([client.receivedAt('/gone'), client.receivedAt('/disabled')], [[], []]);
  });

  test('concurrent deleting, disabling and triggering leave no delivery stranded', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, (_, index) => client.createEnabled(`/storm-${index}`)));
    const work = ids.flatMap((id, index) => [
      ...Array.from({ length: 4 }, () => client.trigger(ids)),
      ...(index % 2 === 0 ? [client.remove(id)] : [enable(id, false), enable(id, true)]),
    ]);
    const done = await Promise.all(work);
    // The order of the two changes is unknown: enabling once more settles it.
    for (const [index, id] of ids.entries()) if (index % 2 === 1) await enable(id, true);
    const deliveries = done.filter((each) => Array.isArray(each)).flat();
    assert.ok(deliveries.length > 0);
    for (const delivery of deliveries)
      await eventually(async () => ['delivered', 'cancelled'].includes((await client.delivery(delivery)).status));
  });
});
