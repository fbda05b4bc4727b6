import { once } from 'node:events';
import { createReleases } from '../../src/lifecycle/releases.ts';
import { type Findings, median } from '../support/findings.ts';
import { atLeast, type Bound } from '../support/report.ts';
import { eventOfNow } from './runner.ts';
import { type Service, startServices } from './services.ts';
import type { Stage } from './stage.ts';

/** Measured events by their number of endpoints. */
const sizes: ReadonlyMap<number, number> = new Map([
  [10, 40],
  [100, 20],
  [1_000, 7],
]);
const warmUp = 3;
/** Events to at least this number of endpoints have to be delivered this many times as fast. */
const leastBounded = 100;
const ratio = 1.5;

interface FanOut {
  readonly answerMs: number;
  readonly lastMs: number;
}

/** Measures one event to many endpoints: the time to the answer and to the last callback. */
export async function measureFanOut(stage: Stage): Promise<Findings> {
  const releases = createReleases();
  try {
    await stage.reset();
    const services = await startServices(stage, releases, { fanOuts: [...sizes.keys()] });
    const rows: string[][] = [];
    const bounds: Bound[] = [];
    for (const [size, events] of sizes) {
      process.stderr.write(`fan-out: 1 to ${size}\n`);
      const found = new Map<string, FanOut[]>(services.map(({ name }) => [name, []]));
      for (let event = -warmUp; event < events; event += 1)
        for (const service of services) {
          const one = await sendTo(stage, service, size);
          if (event >= 0) found.get(service.name)?.push(one);
        }
      const lastOf = (name: string): number => median((found.get(name) ?? []).map(({ lastMs }) => lastMs));
      const [hookgate = '', ...others] = found.keys();
      if (size >= leastBounded)
        for (const name of others)
          bounds.push(
            atLeast(`1 to ${size}, of ${name.replace('Express + ', '')}`, lastOf(name) / lastOf(hookgate), ratio),
          );
      for (const [name, list] of found) {
        const answer = median(list.map(({ answerMs }) => answerMs));
        const last = lastOf(name);
        rows.push([`1 to ${size}, ${name}`, answer.toFixed(1), last.toFixed(1), ((size / last) * 1000).toFixed(0)]);
      }
    }
    return {
      circumstances: [
        `Fan-out: one event over HTTP to 10, 100 and 1,000 endpoints at the sink's origin, the next one after the last callback of the one before; in turns, medians of ${[...sizes.values()].join(', ')} events. hookgate looks up the distributors of a node and stores one row for each in one transaction; BullMQ adds the jobs with one \`addBulk\`. Answer and last callback: milliseconds from the call; deliveries/s: endpoints over the time to the last callback.`,
      ],
      tables: [{ columns: ['Fan-out', 'answer ms', 'last callback ms', 'deliveries/s'], rows }],
      bounds,
    };
  } finally {
    await releases.run();
  }
}

async function sendTo({ sink }: Stage, service: Service, size: number): Promise<FanOut> {
  sink.process.send({ wanted: [size] });
  const arrived = once(sink.process, 'message');
  const start = performance.now();
  const answer = await fetch(service.fanOutUrl(size), {
    method: 'POST',
    headers: { ...service.headers, 'Content-Type': 'application/json' },
    body: eventOfNow(),
  });
  if (answer.status !== 202) throw new Error(`${service.name} answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
  const answerMs = performance.now() - start;
  await arrived;
  return { answerMs, lastMs: performance.now() - start };
}
