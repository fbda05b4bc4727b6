import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer, createReceiver, type TestDatabase } from '../../src/testing/index.ts';
import { engines } from '../support/engines.ts';
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
import { createSandbox, type Program } from '../support/process.ts';

const kills = 20;
/** At most that long after its first accepted event a process is killed, at a moment that nobody chose. */
const longestLifeMs = 250;

const title = 'the only process, killed again and again: everything accepted arrives, every attempt is on record';

describe(title, { concurrency: true }, () => {
  for (const { name, createDatabase } of engines) test(name, () => killAgainAndAgain(createDatabase));
});

async function killAgainAndAgain(createDatabase: () => Promise<TestDatabase>): Promise<void> {
  const sandbox = createSandbox();
  const database = await createDatabase();
  const url = database.env.DATABASE_URL ?? '';
  const env = { DATABASE_URL: url, ENCRYPTION_KEY: randomBytes(32).toString('base64'), ...shortTimes };
  // Now and then the endpoint fails, so that retries are among what is interrupted.
  const receiver = await createReceiver((_request, count) => answer(count % 7 === 0 ? 503 : 200));
  const ledger = openLedger(url);
  try {
    let program: Program = sandbox.start([], env);
    let current = await program.ready();
    const client = createClient(() => current, await createKey(sandbox, env));
    const stream = startEvents(client, await createDistributors(client, receiver.url, manyDistributors), 8);
    for (let kill = 0; kill < kills; kill += 1) {
      const before = stream.accepted.size;
      await eventually(() => stream.accepted.size > before);
      // The moment is the test's subject: it waits for none.
      await sleep(Math.random() * longestLifeMs);
      await program.end('SIGKILL');
      program = sandbox.start([], env);
      current = await program.ready();
    }
    await stream.stop();
    await eventually(async () => (await ledger.open()) === 0, 30_000);
    assert.deepEqual(await program.end(), { code: 0, signal: null });
    const written = await ledger.read();
    assertComplete(written, stream.accepted, receiver);
    const attempts = [...written.deliveries.values()].flatMap((delivery) => delivery.attempts);
    assert.ok(
      attempts.some(({ error }) => error === 'outcome_unknown'),
      'no process was killed during an attempt',
    );
  } finally {
    await sandbox.remove();
    await ledger.close();
    await receiver.close();
    await database.drop();
  }
}
