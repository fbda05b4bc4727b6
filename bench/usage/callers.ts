// 32 callers that report usage one after the other, each of another order of subscriptions; prints what came of it as JSON.
import { createRequire } from 'node:module';

/** Read from standard input, as JSON. */
export interface CallersTask {
  url: string;
  headers: Record<string, string>;
  /** The callers take turns with these. */
  bodies: string[];
  /** Until when: one of them. */
  seconds?: number;
  amount?: number;
}

interface Client {
  setRequests(requests: readonly { method: string; body: string }[]): void;
}

type Autocannon = (options: object) => Promise<object>;

export const callers = 32;

async function run({ url, headers, bodies, seconds, amount }: CallersTask): Promise<void> {
  const autocannon = createRequire(import.meta.url)('autocannon') as Autocannon;
  const requests = bodies.map((body) => ({ method: 'POST', body }));
  let started = 0;
  const result = await autocannon({
    url,
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: bodies[0],
    connections: callers,
    ...(amount === undefined ? { duration: seconds } : { amount }),
    setupClient: (client: Client) => {
      const from = Math.floor((started * requests.length) / callers);
      started += 1;
      client.setRequests([...requests.slice(from), ...requests.slice(0, from)]);
    },
  });
  process.stdout.write(JSON.stringify(result));
}

export async function readTask<Task>(): Promise<Task> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Task;
}

if (process.argv[1] === import.meta.filename) await run(await readTask<CallersTask>());
