// Listens on a separate address for each endpoint, responds at once, late or never, and records the latency of each
// delivery.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerQuestions, monotonicMs } from '../support/contestant.ts';
import { type Arrival, sentAtOf } from './runner.ts';

const patienceMs = 30_000;
let arrivals: Arrival[] = [];

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

async function take(request: IncomingMessage, response: ServerResponse, answerAfterMs: number): Promise<void> {
  const sentAt = sentAtOf(await bodyOf(request));
  if (sentAt !== undefined) arrivals.push({ endpoint: request.url?.slice(1) ?? '', lagMs: monotonicMs() - sentAt });
  if (answerAfterMs > 0) await sleep(answerAfterMs);
  response.end('ok');
}

async function open(address: string, port: number, answerAfterMs: number | undefined): Promise<number> {
  const server = createServer((request, response) => {
    if (answerAfterMs === undefined) request.resume();
    else take(request, response, answerAfterMs).catch(() => response.destroy());
  });
  server.listen(port, address);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

answerQuestions({
  /** Opens `<network>.1`, `<network>.2` and so on, all on one port. Without `answerAfterMs` they never respond. */
  async listen({ network, addresses, answerAfterMs }: { network: string; addresses: number; answerAfterMs?: number }) {
    let port = 0;
    for (let last = 1; last <= addresses; last += 1) port = await open(`${network}.${last}`, port, answerAfterMs);
    return { target: `http://${network}.*:${port}`, addresses };
  },
  /** Returns the arrivals once there are `count` of them, and clears the list. */
  async arrivals({ count }: { count: number }) {
    const deadline = monotonicMs() + patienceMs;
    while (arrivals.length < count) {
      if (monotonicMs() > deadline) throw new Error(`${arrivals.length} of ${count} deliveries have arrived`);
      await sleep(10);
    }
    const all = arrivals;
    arrivals = [];
    return { arrivals: all };
  },
});
