import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createReceiver, type Receiver } from '../../src/receiver/receiver.ts';
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts';
import { type DatabaseServer, startDatabaseServer } from '../support/database-server.ts';
import {
  type Client,
  createClient,
  createDistributors,
  createKey,
  openLedger,
  shortTimes,
} from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { createSandbox, type Program } from '../support/process.ts';

const sandbox = createSandbox();

describe('processes with separate roles', () => {
  let server: DatabaseServer;
  let database: TestDatabase;
  let receiver: Receiver;
  let env: Record<string, string>;
  let ledger: ReturnType<typeof openLedger>;
  let gateway: Program;
  let dispatcher: Program;
  let client: Client;
  let distributor: string;

  before(async () => {
    server = await startDatabaseServer();
    database = await createTestDatabase(server.url);
    receiver = await createReceiver();
    const DATABASE_URL = database.env.DATABASE_URL ?? '';
    env = { ...shortTimes, DATABASE_URL, ENCRYPTION_KEY: randomBytes(32).toString('base64') };
    ledger = openLedger(DATABASE_URL);
    gateway = sandbox.start([], { ...env, ROLE: 'gateway' });
    const url = await gateway.ready();
    client = createClient(() => url, await createKey(env));
    [distributor = ''] = await createDistributors(client, receiver.url, 1);
  });
  after(async () => {
    await sandbox.remove();
    await ledger?.close();
    await receiver?.close();
    await database?.drop();
    await server?.stop();
  });

  const send = async (): Promise<void> => {
    const path = `/api/v1/integration/distributors/${distributor}/events`;
    assert.equal((await client.post(path, { type: 'sent', data: {} })).status, 202);
  };

  test('deliveries that a gateway has accepted are sent as soon as a dispatcher runs', async () => {
    await send();
    assert.equal(await ledger.open(), 1);
    dispatcher = sandbox.start([], { ...env, ROLE: 'dispatcher' });
    await dispatcher.ready();
    await eventually(async () => (await ledger.open()) === 0);
    await send();
    await eventually(async () => (await ledger.open()) === 0);
    assert.equal(receiver.received.length, 2);
  });

  test('the greeting of a dispatcher shows its address and role, and no call', async () => {
    await dispatcher.until(/Callbacks may reach [^\n]+\n/);
    assert.match(dispatcher.printed.stdout, /^hookgate listens on http:\S+\nIt delivers [^\n]+\nCallbacks [^\n]+\n$/);
    assert.match(gateway.printed.stdout, /^hookgate listens on http:\S+\nDocumentation: /);
    const url = await dispatcher.ready();
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    assert.equal((await fetch(`${url}/docs`)).status, 404);
  });

  test('a dispatcher is not ready while its database is unavailable', async () => {
    const url = await dispatcher.ready();
    const status = async (): Promise<number> => (await fetch(`${url}/readyz`)).status;
    assert.equal(await status(), 200);
    await server.kill();
    await eventually(async () => (await status()) === 503);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    await server.restart();
    await eventually(async () => (await status()) === 200);
  });

  test('both processes stop gracefully, and deliveries that the gateway accepted last stay queued', async () => {
    assert.deepEqual(await dispatcher.end(), { code: 0, signal: null });
    await send();
    assert.deepEqual(await gateway.end(), { code: 0, signal: null });
    assert.equal(await ledger.open(), 1);
    // The gateway looks at its database every five seconds, and may not have noticed the outage.
    assert.match(dispatcher.printed.stderr, /"message":"database lost"/);
    for (const { printed } of [gateway, dispatcher])
      assert.doesNotMatch(printed.stderr.replaceAll(/.*"label":"database".*/g, ''), /"level":"error"/);
  });

  test('a dispatcher does not start on a database without migrations', async () => {
    const empty = await createTestDatabase(server.url);
    try {
      const DATABASE_URL = empty.env.DATABASE_URL ?? '';
      const more = { DATABASE_URL, ROLE: 'dispatcher', MIGRATE_ON_START: 'false' };
      const { code, stderr } = await sandbox.run([], { ...env, ...more });
      assert.equal(code, 1);
      assert.match(stderr, /^Migrations are missing/);
    } finally {
      await empty.drop();
    }
  });

  test('SQLite allows no role but all', async () => {
    for (const ROLE of ['gateway', 'dispatcher']) {
      const { code, stderr } = await sandbox.run([], { ROLE });
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`^Settings:\\n {2}ROLE=${ROLE}: must be all on SQLite`));
    }
  });
});
