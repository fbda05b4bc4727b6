import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { answer, createReceiver } from '../../src/receiver/receiver.ts';
import { engines } from '../support/engines.ts';
import { eventually } from '../support/eventually.ts';
import { patient } from '../support/patience.ts';
import { createSandbox } from '../support/process.ts';

const plugin = pathToFileURL(join(import.meta.dirname, '..', 'support', 'lanes-plugin.ts')).href;
const perSecond = 50;
const deliveries = 300;

describe('a rate limit', () => {
  // The embedded database has one process.
  for (const { createDatabase } of engines.filter(({ name }) => name === 'mysql'))
    test('three processes keep a limit of 50 attempts a second together, within 10 %', async () => {
      const sandbox = createSandbox();
      const database = await createDatabase();
      const arrivals: number[] = [];
      const receiver = await createReceiver(() => {
        arrivals.push(performance.now());
        return answer(200);
      });
      const env = {
        DATABASE_URL: database.env.DATABASE_URL ?? '',
        ENCRYPTION_KEY: randomBytes(32).toString('base64'),
        DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
        PLUGINS: plugin,
        LANES_URL: receiver.url,
      };
      try {
        const programs = Array.from({ length: 3 }, () => sandbox.start([], env));
        const urls = await Promise.all(programs.map((program) => program.ready()));
        const enqueue = async (url: string): Promise<void> => {
          const sent = await fetch(`${url}/lanes/one~rate=${perSecond}`, {
            method: 'POST',
            headers: { 'X-Target-Server': 'lanes', 'Content-Type': 'application/json' },
            body: JSON.stringify({ from: 0, count: deliveries / urls.length }),
          });
          assert.equal(sent.status, 202);
        };
        await Promise.all(urls.map(enqueue));
        await eventually(() => arrivals.length === deliveries, 30_000);
        const [first = 0] = arrivals;
        const tookMs = (arrivals.at(-1) ?? 0) - first;
        const leastMs = (deliveries / perSecond) * 1000;
        assert.ok(tookMs >= leastMs * 0.9 - 2000, `too fast: ${deliveries} attempts in ${Math.round(tookMs)} ms`);
        assert.ok(tookMs <= patient(leastMs * 1.1), `too slow: ${deliveries} attempts in ${Math.round(tookMs)} ms`);
        for (const program of programs) assert.deepEqual(await program.end(), { code: 0, signal: null });
      } finally {
        await sandbox.remove();
        await receiver.close();
        await database.drop();
      }
    });
});
