// Usage without HTTP: the usage service in a separate process, with the same number of callers.
import { randomBytes } from 'node:crypto';
import { createSharedTransactions } from '../../plugins/integration/shared-transactions.ts';
import { createFiringService } from '../../plugins/integration/usage/firing-service.ts';
import { createUsageService } from '../../plugins/integration/usage/usage-service.ts';
import { createFoundation } from '../../src/foundation.ts';
import { callers, readTask } from './callers.ts';
import { developerAt, product, subscriptions } from './rows.ts';

/** The task, read from standard input as JSON. */
export interface PlainTask {
  databaseUrl: string;
  seconds: number;
}

if (process.argv[1] === import.meta.filename) {
  const { databaseUrl, seconds } = await readTask<PlainTask>();
  // Any key will do: nothing is decrypted here.
  const env = { DATABASE_URL: databaseUrl, ENCRYPTION_KEY: randomBytes(32).toString('base64'), LOG_LEVEL: 'error' };
  const foundation = createFoundation({ env, plugins: [] });
  const { database, now } = foundation;
  // The gateway expands the crossed thresholds.
  const expansion = { wakeAfter: () => undefined };
  const usage = createUsageService({ firing: createFiringService({ database, expansion }), now });
  const record = createSharedTransactions({ database, work: usage.record });
  const start = performance.now();
  const end = start + seconds * 1000;
  let calls = 0;
  const caller = async (_: unknown, index: number): Promise<void> => {
    for (let at = Math.floor((index * subscriptions) / callers); performance.now() < end; at += 1) {
      const developer = developerAt(at % subscriptions);
      await record(database.knex, {
        organization: 'bench',
        developer,
        application: 'app',
        product,
        batchSize: 1,
        attributes: {},
      });
      calls += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  process.stdout.write(JSON.stringify({ perSecond: calls / ((performance.now() - start) / 1000) }));
  await database.close();
}
