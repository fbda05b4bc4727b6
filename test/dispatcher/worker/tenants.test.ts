import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer, createReceiver } from '../../../src/receiver/receiver.ts';
import { createTestDatabase } from '../../../src/testing/database.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { type Client, createClient, createKey, shortTimes } from '../../support/event-stream.ts';
import { eventually } from '../../support/eventually.ts';
import { patient } from '../../support/patience.ts';
import { createSandbox } from '../../support/process.ts';

const distributors = '/api/v1/integration/distributors';
const node = `${distributors}/nodes/e40efce4-38a3-46c4-a202-e8db95d0409c`;
const silentEndpoints = 300;
const promptMs = 500;
/** As in production: the endpoints stay silent for longer than a delivery of another organization may wait. */
const times = { ...shortTimes, DISPATCH_READ_TIMEOUT_MS: '3000', DISPATCH_LEASE_MS: '10000' };

async function createDistributor(client: Client, url: string, path: string): Promise<string> {
  const created = await client.post(node, { meta: { host: url, path, method: 2 } });
  assert.equal(created.status, 201, JSON.stringify(created.body));
  return (created.body as { id: string }).id;
}

onEveryEngine('turns of organizations', ({ serverUrl }) => {
  test('300 silent endpoints do not delay the first delivery of another organization, also after a kill', async () => {
    const receiver = await createReceiver(({ path }) =>
      path.startsWith('/silent') ? { afterwards: 'silence' } : answer(200),
    );
    const sandbox = createSandbox();
    const database = await createTestDatabase(serverUrl);
    const url = database.env.DATABASE_URL ?? '';
    const env = { DATABASE_URL: url, ENCRYPTION_KEY: randomBytes(32).toString('base64'), ...times };
    try {
      let program = sandbox.start([], env);
      let current = await program.ready();
      const hostile = createClient(() => current, await createKey(env, 'hostile'));
      const other = createClient(() => current, await createKey(env, 'other'));
      const silent = Array.from({ length: silentEndpoints }, (_, index) => `/silent/${index}`).values();
      const creating = async (): Promise<void> => {
        for (const path of silent) await createDistributor(hostile, receiver.url, path);
      };
      await Promise.all(Array.from({ length: 8 }, creating));
      const fresh = await Promise.all(['/a', '/b'].map((path) => createDistributor(other, receiver.url, path)));

      /** Time from the call that sends the first event to a distributor to its callback. */
      const firstCallbackMs = async (id: string | undefined, path: string): Promise<number> => {
        const startedAt = performance.now();
        const sent = await other.post(`${distributors}/${id}/events`, { type: 'probed', data: {} });
        assert.equal(sent.status, 202, JSON.stringify(sent.body));
        await eventually(() => receiver.received.some((request) => request.path === path));
        return performance.now() - startedAt;
      };

      const toAll = await hostile.post(`${node}/events`, { type: 'probed', data: {} });
      assert.equal(toAll.status, 202, JSON.stringify(toAll.body));
      const silentCalls = (): number => receiver.received.filter(({ path }) => path.startsWith('/silent')).length;
      await eventually(() => silentCalls() >= 16);
      await sleep(1000);
      const before = await firstCallbackMs(fresh[0], '/a');
      assert.ok(before < patient(promptMs), `it took ${before} ms`);

      await program.end('SIGKILL');
      const calls = silentCalls();
      program = sandbox.start([], env);
      current = await program.ready();
      await eventually(() => silentCalls() > calls);
      const after = await firstCallbackMs(fresh[1], '/b');
      assert.ok(after < patient(promptMs), `it took ${after} ms after the kill`);
      await program.end();
    } finally {
      await sandbox.remove();
      await receiver.close();
      await database.drop();
    }
  });
});
