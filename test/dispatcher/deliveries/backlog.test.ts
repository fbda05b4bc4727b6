import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { type IntegrationGateway, startIntegration } from '../../support/integration-gateway.ts';

onEveryEngine('the backlog', ({ serverUrl }) => {
  let world: IntegrationGateway;

  before(async () => {
    world = await startIntegration(serverUrl, { DISPATCH_RETRY_INTERVAL_MS: '3600000' });
  });
  after(() => world.close());

  test('the backlog counts the open deliveries of each endpoint, the largest count first', async () => {
    world.receiver.script(({ path }) => answer(path === '/good' ? 200 : 503));
    const good = await world.createDistributor({ path: '/good' });
    const one = await world.createDistributor({ path: '/one' });
    const two = await world.createDistributor({ path: '/two' });
    const event = { type: 'a', data: {} };
    await world.reached(await world.send(good, event), 'delivered');
    await world.send(one, event);
    await world.send(two, event);
    await world.send(two, event);
    const { body } = await world.call('/backlog');
    assert.deepEqual(
      body.endpoints.map(({ endpoint, waiting }: { endpoint: object; waiting: number }) => ({ endpoint, waiting })),
      [
        { endpoint: { kind: 'distributor', id: two }, waiting: 2 },
        { endpoint: { kind: 'distributor', id: one }, waiting: 1 },
      ],
    );
    assert.match(body.endpoints[0].oldest_created_at, /^\d{4}-.*Z$/);
  });
});
