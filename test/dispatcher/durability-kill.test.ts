import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer, createReceiver } from '../../src/receiver/receiver.ts';
import type { TestDatabase } from '../../src/testing/database.ts';
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
import { patient } from '../support/patience.ts';
import { createSandbox, type Program } from '../support/process.ts';

const kills = 5;
/** Upper bound, on an idle machine, of the random time between a process's first accepted event and its kill. */
const longestLifeMs = 250;

const title = 'a single process killed repeatedly delivers all accepted events and records every attempt';

describe(title, { concurrency: true }, () => {
  for (const { name, createDatabase } of engines) test(name, () => killAgainAndAgain(createDatabase));
});

async function killAgainAndAgain(createDatabase: () => Promise<TestDatabase>): Promise<void> {
  const sandbox = createSandbox();
  const longestMs = patient(longestLifeMs);
  const database = await createDatabase();
  const url = database.env.DATABASE_URL ?? '';
  const env = { DATABASE_URL: url, ENCRYPTION_KEY: randomBytes(32).toString('base64'), ...shortTimes };
  // The endpoint fails now and then, so that kills interrupt retries too, and takes its time, so that kills interrupt attempts.
  const receiver = await createReceiver((_request, count) => ({
    ...answer(count % 7 === 0 ? 503 : 200),
    delayMs: 100,
  }));
  const ledger = openLedger(url);
  try {
    let program: Program = sandbox.start([], env);
    // Calls wait for the next process: calls of a port that is closed would only take processor time from its start.
    let current = program.ready();
    await current;
    const client = createClient(() => current, await createKey(env));
    const stream = startEvents(client, await createDistributors(client, receiver.url, manyDistributors), 8);
    for (let kill = 0; kill < kills; kill += 1) {
      const before = stream.accepted.size;
      await eventually(() => stream.accepted.size > before);
      // No condition to wait for: the random moment of the kill is the subject of the test.
      await sleep(Math.random() * longestMs);
      await program.end('SIGKILL');
      program = sandbox.start([], env);
      current = program.ready();
      await current;
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
