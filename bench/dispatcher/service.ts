// An Express service that does with BullMQ what the gateway does with events: it accepts them over HTTP, keeps them, and
// posts them to their endpoints with retries. It has no authentication and looks nothing up: every endpoint is the sink.
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express, { type Request } from 'express';
import { openQueue } from './queue-on-redis.ts';

const { queue, jobOf, work } = openQueue();

const app = express();
app.disable('x-powered-by');
app.use(express.json());
app.post('/distributors/:id/events', async (req, res) => {
  const job = jobOf(payloadOf(req));
  const { id } = await queue.add(job.name, job.data, job.opts);
  res.status(202).json({ deliveries: [{ id, distributor_id: req.params.id }] });
});
app.post('/nodes/:count/events', async (req, res) => {
  const job = jobOf(payloadOf(req));
  const jobs = await queue.addBulk(Array.from({ length: Number(req.params.count) }, () => job));
  res.status(202).json({ deliveries: jobs.map(({ id }, index) => ({ id, distributor_id: String(index) })) });
});

function payloadOf({ body }: Request): string {
  const { type, data } = body as { type: unknown; data: unknown };
  if (typeof type !== 'string' || typeof data !== 'object') throw new Error('An event has a type and data.');
  return JSON.stringify({ id: randomUUID(), type, timestamp: new Date().toISOString(), data });
}

await work(process.env.TARGET ?? '');
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`service listens on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
