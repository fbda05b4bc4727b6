import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { answer, createReceiver } from '../../src/receiver/receiver.ts';
import { onEveryEngine } from '../support/engines.ts';
import { openLedger, shortTimes } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { createSandbox, type Program } from '../support/process.ts';

const plugin = pathToFileURL(join(import.meta.dirname, '..', 'support', 'lanes-plugin.ts')).href;
const events = 1000;
/** Events of one call, in one transaction. */
const atOnce = 4;
const kills = 3;

onEveryEngine('an ordered endpoint', ({ name, createDatabase }) => {
  // The embedded database has one process.
  const processes = name === 'sqlite' ? 1 : 3;

  test(`1,000 events over ${processes} killed processes arrive in order, apart from repeats of the head`, async () => {
    const sandbox = createSandbox();
    const database = await createDatabase();
    const numbers: number[] = [];
    const receiver = await createReceiver(({ body }, count) => {
      numbers.push((JSON.parse(body.toString()) as { number: number }).number);
      return answer(count % 60 === 0 ? 500 : 200);
    });
    const url = database.env.DATABASE_URL ?? '';
    const env = {
      DATABASE_URL: url,
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      ...shortTimes,
      PLUGINS: plugin,
      LANES_URL: receiver.url,
    };
    const ledger = openLedger(url);
    try {
      const programs: Program[] = Array.from({ length: processes }, () => sandbox.start([], env));
      const urls = programs.map((program) => program.ready());
      await Promise.all(urls);
      const accepted = new Set<number>();
      /** One call after the other, each to the next process; a call that fails is not repeated. */
      async function post(): Promise<void> {
        for (let from = 0; accepted.size < events; from += atOnce) {
          const to = await urls[(from / atOnce) % processes];
          const init = { method: 'POST', body: JSON.stringify({ from, count: atOnce }) };
          const headers = { 'X-Target-Server': 'lanes', 'Content-Type': 'application/json' };
          const sent = await fetch(`${to}/lanes/one~ordered`, { ...init, headers }).catch(() => undefined);
          if (sent?.status === 202) for (let number = from; number < from + atOnce; number += 1) accepted.add(number);
        }
      }
      const posting = post();
      for (let kill = 0; kill < kills; kill += 1) {
        const before = numbers.length;
        await eventually(() => numbers.length > before + 60);
        const at = kill % processes;
        await programs[at]?.end('SIGKILL');
        programs[at] = sandbox.start([], env);
        urls[at] = (programs[at] as Program).ready();
        await urls[at];
      }
      await posting;
      await eventually(async () => (await ledger.open()) === 0, 30_000);
      const arrived = numbers.filter((number) => accepted.has(number));
      assert.deepEqual(new Set(arrived), accepted);
      const early = arrived.findIndex((number, index) => number < (arrived[index - 1] ?? 0));
      assert.equal(early, -1, `${arrived[early]} came after ${arrived[early - 1]}`);
      const { deliveries } = await ledger.read();
      const attempts = [...deliveries.values()].flatMap((delivery) => delivery.attempts);
      const repeats = attempts.length - deliveries.size;
      assert.ok(
        attempts.some(({ status }) => status === 500),
        'no attempt has failed',
      );
      assert.ok(repeats < events / 10, `${repeats} repeats`);
      for (const program of programs) assert.deepEqual(await program.end(), { code: 0, signal: null });
    } finally {
      await sandbox.remove();
      await ledger.close();
      await receiver.close();
      await database.drop();
    }
  });
});
