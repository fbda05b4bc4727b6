import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { onEveryEngine } from '../../support/engines.ts';
import { assertMintError, startWebhooks, unknownId, type WebhookClient } from './webhook-client.ts';

onEveryEngine('tenancy of webhooks', ({ serverUrl }) => {
  let client: WebhookClient;
  before(async () => {
    client = await startWebhooks(serverUrl);
  });
  after(() => client.close());

  const everyCall = (caller: WebhookClient, id: string) => [
    caller.call(`/webhooks/${id}`),
    caller.change(id, { name: 'stolen', enabled: true }),
    caller.change(id, { enabled: 'false' }, 'POST'),
    caller.remove(id),
    caller.remove(id, '?forceDelete=false'),
    caller.call(`/webhooks/${id}/secret`),
    caller.call(`/webhooks/${id}/secret/rotate`, { method: 'POST' }),
    caller.call(`/webhooks/${id}/test/a@example.com/app/product/plan`),
    caller.call(`/webhooks/${id}/test/a@example.com/app/product/plan/RATEPLANQUOTAUSAGE`),
    caller.call(`/webhooks/${id}/test/a@example.com/app/product/plan`, {
      body: { eventTriggerReason: 'RATEPLANQUOTAUSAGE' },
    }),
  ];

  test('another organization’s webhook is 404 through every call, as if it did not exist', async () => {
    const owner = await client.as('owner');
    const thief = await client.as('thief');
    const id = await owner.createEnabled();
    const before = (await owner.call(`/webhooks/${id}`)).body;
    const { secret } = (await owner.call(`/webhooks/${id}/secret`)).body;
    const missing = await Promise.all(everyCall(thief, unknownId));
    for (const [index, answer] of (await Promise.all(everyCall(thief, id))).entries()) {
      assertMintError(answer, 404, 'mint.resourceDoesNotExist');
      const expected = JSON.parse(missing[index]?.text.replaceAll(unknownId, id) ?? '');
      assert.deepEqual(answer.body, expected);
    }
    assert.deepEqual((await thief.call('/webhooks')).body, { totalRecords: 0, webhooks: [] });
    assert.deepEqual(await thief.trigger([id]), []);
    assert.deepEqual((await owner.call(`/webhooks/${id}`)).body, before);
    assert.equal((await owner.call(`/webhooks/${id}/secret`)).body.secret, secret);
  });

  test('an organization that is not the caller’s is 404, with and without webhooks', async () => {
    const owner = await client.as('owner');
    const id = await owner.createEnabled();
    const token = await client.gateway.token({ org: 'thief', scope: 'integration:read integration:write' });
    for (const organization of ['owner', 'Thief', 'thief%20', 'nobody']) {
      const base = `/v1/mint/organizations/${organization}/webhooks`;
      for (const answer of [
        await client.gateway.request(base, { token }),
        await client.gateway.request(`${base}/${id}`, { token }),
        await client.gateway.request(base, { token, body: { name: 'x', postURL: 'http://127.0.0.1/' } }),
        await client.gateway.request(base, { token, headers: { 'X-Organization': 'thief' } }),
      ])
        assertMintError(answer, 404, 'mint.resourceDoesNotExist');
    }
  });

  test('reading needs integration:read; changes and the secret need integration:write', async () => {
    const id = await client.createEnabled();
    const reader = await client.as('test-org', 'integration:read');
    const writer = await client.as('test-org', 'integration:write');
    for (const path of ['/webhooks', `/webhooks/${id}`]) {
      assert.equal((await reader.call(path)).status, 200);
      assertMintError(await writer.call(path), 403, 'mint.forbidden');
    }
    for (const answer of [
      await reader.create(),
      await reader.change(id, {}),
      await reader.change(id, {}, 'POST'),
      await reader.remove(id),
      await reader.call(`/webhooks/${id}/secret`),
      await reader.call(`/webhooks/${id}/secret/rotate`, { method: 'POST' }),
    ])
      assertMintError(answer, 403, 'mint.forbidden', ['missing_scopes']);
    assert.equal((await writer.call(`/webhooks/${id}/secret`)).status, 200);
    assert.equal((await writer.remove(id)).status, 204);
  });
});
