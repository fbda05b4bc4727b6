import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer, createReceiver, type Receiver } from '../../src/receiver/receiver.ts';
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts';
import { type DatabaseServer, startDatabaseServer } from '../support/database-server.ts';
import {
  assertComplete,
  createClient,
  createDistributors,
  createKey,
  manyDistributors,
  openLedger,
  shortTimes,
  startEvents,
} from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { createSandbox, type Program, type Sandbox } from '../support/process.ts';

const leaseMs = Number(shortTimes.DISPATCH_LEASE_MS);

describe('several processes on one database server', () => {
  let server: DatabaseServer;
  let database: TestDatabase;
  let sandbox: Sandbox;
  let receiver: Receiver;
  let env: Record<string, string>;
  let ledger: ReturnType<typeof openLedger>;

  before(async () => {
    server = await startDatabaseServer();
  });
  beforeEach(async () => {
    sandbox = createSandbox();
    database = await createTestDatabase(server.url);
    env = {
      DATABASE_URL: database.env.DATABASE_URL ?? '',
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      ...shortTimes,
    };
    receiver = await createReceiver((_request, count) => ({ ...answer(count % 11 === 0 ? 503 : 200), delayMs: 100 }));
    ledger = openLedger(env.DATABASE_URL ?? '');
  });
  afterEach(async () => {
    await sandbox.remove();
    await ledger.close();
    await receiver.close();
    await database.drop();
  });
  after(() => server?.stop());

  async function startFleet(size: number): Promise<{ programs: Program[]; urls: string[] }> {
    const programs = Array.from({ length: size }, () => sandbox.start([], env));
    return { programs, urls: await Promise.all(programs.map((program) => program.ready())) };
  }

  async function settleAndCheck(accepted: ReadonlySet<string>): Promise<void> {
    await eventually(async () => (await ledger.open()) === 0, 30_000);
    assertComplete(await ledger.read(), accepted, receiver);
  }

  test('processes killed or frozen in turn lose nothing, and every repeat has its reason on record', async () => {
    const { programs, urls } = await startFleet(3);
    let turn = 0;
    const client = createClient(() => urls[turn++ % urls.length] as string, await createKey(env));
    const stream = startEvents(client, await createDistributors(client, receiver.url, manyDistributors), 6);
    for (let round = 0; round < 3; round += 1) {
      const index = round % programs.length;
      const victim = programs[index] as Program;
      const seen = receiver.received.length;
      await eventually(() => receiver.received.length >= seen + 20);
      if (round % 2 === 0) {
        await victim.end('SIGKILL');
        programs[index] = sandbox.start([], env);
        urls[index] = await (programs[index] as Program).ready();
      } else {
        victim.process.kill('SIGSTOP');
        await sleep(leaseMs + 500);
        victim.process.kill('SIGCONT');
      }
    }
    await stream.stop();
    await settleAndCheck(stream.accepted);
    for (const program of programs) assert.deepEqual(await program.end(), { code: 0, signal: null });
    const attempts = [...(await ledger.read()).deliveries.values()].flatMap((delivery) => delivery.attempts);
    assert.ok(
      attempts.some(({ error }) => error === 'outcome_unknown'),
      'no process was stopped during an attempt',
    );
  });

  test('the processes recover by themselves from a killed database server, and nothing is lost', async () => {
    const { programs, urls } = await startFleet(2);
    let turn = 0;
    const client = createClient(() => urls[turn++ % urls.length] as string, await createKey(env));
    const stream = startEvents(client, await createDistributors(client, receiver.url, manyDistributors), 6);
    for (let round = 0; round < 2; round += 1) {
      const before = stream.accepted.size;
      await eventually(() => stream.accepted.size > before + 50);
      await server.kill();
      await sleep(700);
      await server.restart();
    }
    const before = stream.accepted.size;
    await eventually(() => stream.accepted.size > before + 50);
    await stream.stop();
    await settleAndCheck(stream.accepted);
    for (const program of programs) {
      assert.deepEqual(await program.end(), { code: 0, signal: null });
      const errors = program.printed.stderr.split('\n').filter((line) => line.includes('"level":"error"'));
      assert.ok(
        errors.every((line) => line.includes('"message":"database lost"')),
        errors.join('\n'),
      );
    }
  });
});
