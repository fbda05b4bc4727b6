import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { answer, createReceiver, type Receiver } from '../../src/receiver/receiver.ts';
import { createTestDatabase } from '../../src/testing/database.ts';
import { startDatabaseServer } from '../support/database-server.ts';
import { onEveryEngine } from '../support/engines.ts';
import {
  assertComplete,
  type Client,
  createClient,
  createDistributors,
  createKey,
  openLedger,
} from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { patient } from '../support/patience.ts';
import { createSandbox } from '../support/process.ts';

const distributors = 20;
const eventsEach = 12;
const wide = {
  DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
  DISPATCH_ORIGIN_CONCURRENCY: '256',
  DISPATCH_POLL_INTERVAL_MS: '50',
};

async function post(client: Client, ids: readonly string[], each: number): Promise<Set<string>> {
  const calls = ids.flatMap((id) => Array.from({ length: each }, () => id));
  const answers = await Promise.all(
    calls.map((id) => client.post(`/api/v1/integration/distributors/${id}/events`, { type: 'x', data: {} })),
  );
  for (const { status, body } of answers) assert.equal(status, 202, JSON.stringify(body));
  return new Set(answers.flatMap(({ body }) => (body as { deliveries: { id: string }[] }).deliveries.map((d) => d.id)));
}

const countArrived = (receiver: Receiver): number => receiver.received.length;

onEveryEngine('a stop with a hundred attempts in flight', ({ createDatabase }) => {
  test('the stop completes its attempts and returns other leases, and no delivery is lost or repeated', async () => {
    const sandbox = createSandbox();
    const database = await createDatabase();
    const url = database.env.DATABASE_URL ?? '';
    const env = { DATABASE_URL: url, ENCRYPTION_KEY: randomBytes(32).toString('base64'), ...wide };
    const receiver = await createReceiver();
    const ledger = openLedger(url);
    try {
      const program = sandbox.start([], env);
      const address = await program.ready();
      const client = createClient(() => address, await createKey(env));
      const ids = await createDistributors(client, receiver.url, distributors);
      const accepted = await post(client, ids, 1);
      await eventually(async () => (await ledger.open()) === 0);
      receiver.script(() => ({ ...answer(200), delayMs: 900 }));
      const before = countArrived(receiver);
      for (const id of await post(client, ids, eventsEach)) accepted.add(id);
      await eventually(() => countArrived(receiver) - before >= 100);
      assert.deepEqual(await program.end(), { code: 0, signal: null });
      const stopped = await ledger.read();
      assert.equal(stopped.leased, 0);
      assert.ok(stopped.open > 0, 'nothing was left for the next process');
      receiver.script(() => answer(200));
      const next = sandbox.start([], env);
      await next.ready();
      await eventually(async () => (await ledger.open()) === 0);
      assert.equal(countArrived(receiver), accepted.size);
      assertComplete(await ledger.read(), accepted, receiver);
      assert.equal((await next.end()).code, 0);
    } finally {
      await sandbox.remove();
      await ledger.close();
      await receiver.close();
      await database.drop();
    }
  });
});

test('a stop with unwritten results and no database ends in time', async () => {
  const sandbox = createSandbox();
  const server = await startDatabaseServer();
  const database = await createTestDatabase(server.url);
  const shutdownMs = 2500;
  const env = {
    DATABASE_URL: database.env.DATABASE_URL ?? '',
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    SHUTDOWN_TIMEOUT_MS: String(shutdownMs),
    ...wide,
  };
  const receiver = await createReceiver(() => ({ ...answer(200), delayMs: 500 }));
  try {
    const program = sandbox.start([], env);
    const address = await program.ready();
    const client = createClient(() => address, await createKey(env));
    await post(client, await createDistributors(client, receiver.url, 5), 1);
    await eventually(() => countArrived(receiver) === 5);
    await server.kill();
    await program.until(/"message":"database lost"/, 'stderr');
    const startedAt = performance.now();
    assert.deepEqual(await program.end(), { code: 0, signal: null });
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs < patient(2 * shutdownMs), `took ${Math.round(tookMs)} ms`);
    assert.match(program.printed.stderr, /stopped with unwritten results/);
    await server.restart();
    await database.drop();
  } finally {
    await sandbox.remove();
    await receiver.close();
    await server.stop();
  }
});
