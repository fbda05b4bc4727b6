import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../test/support/database-server.ts';
import { startPatience } from '../test/support/patience.ts';
import { createClient } from './client.ts';
import { type Final, readFinal } from './final-state.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { createHistory, type History } from './history.ts';
import { judge } from './judge.ts';
import { createOperations } from './operations.ts';
import { commandOf, type Options } from './options.ts';
import { createPlan, type Plan } from './plan.ts';
import { createRandom } from './random.ts';
import { type Receiver, startReceiver } from './receiver.ts';

export interface Report {
  readonly violations: readonly string[];
  /** One line. */
  readonly summary: string;
}

/** Runs the plan of the options to its end and judges it. Everything started has ended afterwards. */
export async function runChaos(options: Options, signal?: AbortSignal): Promise<Report> {
  const history = createHistory();
  const receiver = await startReceiver(createRandom(options.seed + 1));
  const ports: number[] = [];
  for (let index = 0; index < options.processes; index += 1) ports.push(await freePort());
  try {
    const fleet = await startFleet(options, history, ports);
    try {
      return await run(options, { history, receiver, fleet, signal });
    } finally {
      await fleet.remove();
    }
  } finally {
    await receiver.close();
  }
}

interface Running {
  history: History;
  receiver: Receiver;
  fleet: Fleet;
  signal: AbortSignal | undefined;
}

async function run(options: Options, { history, receiver, fleet, signal }: Running): Promise<Report> {
  const client = createClient(fleet.urls, fleet.authorization);
  const operations = createOperations({ client, history, receiverUrl: receiver.url, seed: options.seed });
  const plan = createPlan(options);
  await follow(plan, (operation) => operations.perform(operation), fleet, signal);
  const final = await readFinal({ client, history, startPatience });
  const ends = await fleet.stop();
  const violations = [...judge({ history, arrivals: receiver.arrivals, final }), ...final.problems, ...ends];
  return { violations, summary: summarize(options, history, receiver, final, violations.length) };
}

/** Operations start at their times and do not wait for earlier ones; faults come one after the other. */
async function follow(
  plan: Plan,
  perform: (operation: Plan['operations'][number]) => Promise<void>,
  fleet: Fleet,
  signal: AbortSignal | undefined,
): Promise<void> {
  const startedAt = performance.now();
  const until = (atMs: number): Promise<void> =>
    sleep(Math.max(0, atMs - (performance.now() - startedAt)), undefined, signal ? { signal } : {});
  const started: Promise<void>[] = [];
  const operate = async (): Promise<void> => {
    for (const operation of plan.operations) {
      await until(operation.atMs);
      started.push(perform(operation));
    }
  };
  const disturb = async (): Promise<void> => {
    const end = plan.operations.at(-1)?.atMs ?? 0;
    for (const fault of plan.faults) {
      await until(fault.atMs);
      if (performance.now() - startedAt > end) return;
      await fleet.inflict(fault);
    }
  };
  await Promise.all([operate(), disturb()]);
  await Promise.all(started);
}

function summarize(options: Options, history: History, receiver: Receiver, final: Final, violations: number): string {
  const faults = Map.groupBy(history.faults, ({ kind }) => kind);
  const kinds = [...faults].map(([kind, list]) => `${list.length} ${kind}`).join(', ');
  return [
    `seed ${options.seed}, ${options.engine}: ${violations === 0 ? 'no violations' : `${violations} violations`}`,
    `${history.operations} operations, ${final.deliveries.size} deliveries, ${receiver.arrivals.length} requests`,
    `${history.faults.length} faults (${kinds})`,
    ...(violations === 0 ? [] : [`repeat with: ${commandOf(options)}`]),
  ].join('; ');
}
