import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';
import type { EventCall, History, Status } from './history.ts';
import { type EventOperation, nodes, type Operation } from './plan.ts';

export const nodeIds = Array.from(
  { length: nodes },
  (_, index) => `e40efce4-38a3-46c4-a202-${String(index).padStart(12, '0')}`,
);

const settled = ['delivered', 'failed', 'cancelled'];
const repeatsOfEvents = 6;

interface DeliveryBody {
  readonly id: string;
  readonly status: string;
  readonly attempt_count: number;
}

/** Performs planned operations and records what they answered. */
export function createOperations(parts: { client: Client; history: History; receiverUrl: string; seed: number }) {
  const { client, history, receiverUrl, seed } = parts;
  const accepted: string[] = [];
  const of = <T>(list: readonly T[], pick: number): T | undefined => list[Math.floor(pick * list.length)];
  const distributor = (pick: number): string | undefined => of([...history.distributors.keys()], pick);

  const metaOf = ({ path, method }: { path: string; method: string }) => ({
    meta: { host: receiverUrl, path, method },
  });

  async function create(via: number, node: string, webhook: { path: string; method: string }): Promise<void> {
    const { body } = await client.call<{ id: string }>(via, 'POST', `/distributors/nodes/${node}`, metaOf(webhook));
    if (body) history.distributors.set(body.id, { id: body.id, node, secret: undefined });
  }

  async function change(via: number, kind: 'remove-webhook' | 'delete', id: string): Promise<void> {
    const from = Date.now();
    const { status } =
      kind === 'delete'
        ? await client.call(via, 'DELETE', `/distributors/${id}`)
        : await client.call(via, 'PUT', `/distributors/${id}`, { meta: null });
    history.changes.push({ kind, id, from, status, attempts: undefined });
  }

  async function changeDelivery(via: number, kind: 'redeliver' | 'cancel', id: string): Promise<void> {
    const from = Date.now();
    const { status, body } = await client.call<DeliveryBody>(via, 'POST', `/deliveries/${id}/${kind}`);
    history.changes.push({ kind, id, from, status, attempts: body?.attempt_count });
  }

  async function redeliverMany(via: number, id: string): Promise<void> {
    const from = Date.now();
    const filter = { endpoint: id, status: 'failed' };
    const { status, body } = await client.call<{ id: string }>(via, 'POST', '/deliveries/redeliver', { filter });
    history.changes.push({ kind: 'redeliver-many', id, from, status, attempts: undefined });
    if (body) history.jobs.push(body.id);
  }

  function see(deliveries: readonly DeliveryBody[], at: number): void {
    for (const { id: delivery, status, attempt_count: attempts } of deliveries)
      if (settled.includes(status)) history.sightings.push({ delivery, at, status, attempts });
  }

  async function send(operation: EventOperation & { via: number }): Promise<void> {
    const { key, node, size, isInvalid } = operation;
    const id = distributor(operation.distributor);
    const to = node === undefined ? id : `nodes/${nodeIds[node]}`;
    if (to === undefined) return;
    const call: EventCall = { key, to, status: undefined, deliveries: [] };
    history.events.push(call);
    const data = { key, filling: 'x'.repeat(size) };
    const body = isInvalid ? { type: 'not a type', data } : { type: 'chaos', data };
    const headers: Record<string, string> = operation.repeats ? { 'Idempotency-Key': `chaos-${seed}-${key}` } : {};
    let status: Status;
    for (let count = 0; count < (operation.repeats ? repeatsOfEvents : 1); count += 1) {
      if (count > 0) await sleep(400);
      const via = (operation.via + count / 3) % 1;
      const answer = await client.call<{ deliveries: { id: string }[] }>(
        via,
        'POST',
        `/distributors/${to}/events`,
        body,
        headers,
      );
      status = answer.status;
      if (answer.body) {
        call.deliveries = answer.body.deliveries.map((delivery) => delivery.id);
        accepted.push(...call.deliveries);
      }
      // A refusal after an unknown answer says nothing of the first call.
      const isKnown = status !== undefined && status < 500 && (status < 300 || count === 0);
      if (isKnown) break;
      if (status !== undefined && status >= 300) status = undefined;
    }
    call.status = status;
  }

  return {
    async perform(operation: Operation): Promise<void> {
      const { via } = operation;
      history.operations += 1;
      if (operation.kind === 'create') return create(via, nodeIds[operation.node] as string, operation);
      if (operation.kind === 'event') return send(operation);
      if ('delivery' in operation) {
        const id = of(accepted, operation.delivery);
        if (id === undefined) return;
        if (operation.kind !== 'read') return changeDelivery(via, operation.kind, id);
        const at = Date.now();
        const { body } = await client.call<DeliveryBody>(via, 'GET', `/deliveries/${id}`);
        return see(body ? [body] : [], at);
      }
      const id = distributor(operation.distributor);
      if (id === undefined) return;
      if (operation.kind === 'redeliver-many') return redeliverMany(via, id);
      if (operation.kind === 'change')
        return void (await client.call(via, 'PUT', `/distributors/${id}`, metaOf(operation)));
      if (operation.kind !== 'list') return change(via, operation.kind, id);
      const at = Date.now();
      const list = await client.call<{ deliveries: DeliveryBody[] }>(via, 'GET', `/deliveries?endpoint=${id}&limit=50`);
      see(list.body?.deliveries ?? [], at);
    },
  };
}
