// `npm run demo`: shows usage notifications from webhook to callback, on a temporary gateway that is removed
// afterwards.
import { setTimeout as sleep } from 'node:timers/promises';
import { createReleases } from '../src/lifecycle/releases.ts';
import { answer, createReceiver, type Receiver } from '../src/receiver/receiver.ts';
import { type DemoGateway, startDemoGateway } from './demo/demo-gateway.ts';
import { prepareStory, type Story } from './demo/story.ts';

const target = 100;
const thresholds = [80, 90, 100, 110, 120];
const retrySeconds = 2;
const patienceMs = 15_000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const percentOf = (body: string): number => (JSON.parse(body) as { quotaPercentUsed: number }).quotaPercentUsed;

const started = performance.now();
const releases = createReleases();
try {
  const receiver = await startReceiver();
  releases.add(() => receiver.close());
  say(`Callback receiver listening on ${receiver.url}.`);
  const gateway = await startDemoGateway(releases, { DISPATCH_RETRY_INTERVAL_MS: String(retrySeconds * 1000) });
  say(`hookgate listening on ${gateway.url}, with SQLite in a temporary folder.\n`);
  const story = await prepareStory(gateway, { callbackUrl: `${receiver.url}/callbackhandler`, target }, say);
  await use(story, receiver);
  await showRecord(gateway, story);
  say(`\nFinished in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
} catch (error) {
  process.stderr.write(`The demo failed: ${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  await releases.run();
}

/** Prints each callback on arrival, and answers the first one for 100 % with 500. */
async function startReceiver(): Promise<Receiver> {
  let refused = false;
  return createReceiver(({ body, headers }) => {
    const percent = percentOf(body);
    const fails = percent === 100 && !refused;
    refused ||= fails;
    const attempt = headers['webhook-attempt'];
    const outcome = fails ? `answered 500, next attempt in ${retrySeconds} s` : 'answered 200';
    say(`    → callback: ${percent} % of the target used (attempt ${attempt}); ${outcome}`);
    return fails ? answer(500, 'not now') : answer(200, 'thank you');
  });
}

/** Reports usage in steps, and awaits the callbacks that each step triggers. */
async function use({ report }: Story, receiver: Receiver): Promise<void> {
  say(`\nReporting usage of the product; the target is ${target} transactions.`);
  let used = 0;
  for (const step of [79, 1, 10, 15, 20]) {
    used += step;
    say(`  ${step} more, ${used} in total`);
    await report(step);
    const due = thresholds.filter((threshold) => threshold * target <= used * 100);
    await until(
      () => due.every((percent) => isDelivered(receiver, percent)),
      `the callbacks up to ${used} transactions`,
    );
  }
}

/** The callback for 100 % is delivered at its second attempt. */
function isDelivered({ received }: Receiver, percent: number): boolean {
  return received.filter(({ body }) => percentOf(body) === percent).length >= (percent === 100 ? 2 : 1);
}

async function showRecord({ client }: DemoGateway, { webhookId }: Story): Promise<void> {
  say('\nDeliveries on record:');
  const params = { query: { endpoint: webhookId } };
  const list = async () => (await client.call('listDeliveries', { params })).deliveries;
  let deliveries = await list();
  const isSettled = () =>
    deliveries.length === thresholds.length && deliveries.every((one) => one.status === 'delivered');
  for (const end = performance.now() + patienceMs; !isSettled() && performance.now() < end; deliveries = await list())
    await sleep(50);
  for (const { id, status, attempt_count } of deliveries.toReversed())
    say(`  ${id}  ${status} with ${attempt_count === 1 ? 'the first attempt' : `${attempt_count} attempts`}`);
  if (!isSettled()) throw new Error('not all callbacks were delivered');
}

async function until(condition: () => boolean, event: string): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`timed out waiting for ${event}`);
    await sleep(20);
  }
}
