import { setTimeout as sleep } from 'node:timers/promises';
import type { Patience } from '../src/testing/patience.ts';
import type { Client } from './client.ts';
import type { History } from './history.ts';
import { retryIntervalMs } from './times.ts';

export interface AttemptRecord {
  readonly number: number;
  readonly started_at: string;
  readonly duration_ms: number | null;
  readonly status: number | null;
  readonly error: string | null;
  readonly decision: string;
}

export interface DeliveryRecord {
  readonly id: string;
  readonly endpoint: { readonly id: string };
  readonly status: string;
  readonly attempt_count: number;
  readonly created_at: string;
  readonly payload: { readonly id: string; readonly data: { readonly key: number } };
  readonly attempts: readonly AttemptRecord[];
}

/** Deliveries as the API shows them after the run. */
export interface Final {
  readonly deliveries: ReadonlyMap<string, DeliveryRecord>;
  readonly problems: readonly string[];
}

const quietTimeoutMs = 60_000;
const readsAtOnce = 8;
const unsettled = ['pending', 'in_flight', 'held'];

/** Waits until nothing is on its way, and reads every delivery and secret. */
export async function readFinal(parts: {
  client: Client;
  history: History;
  startPatience: (milliseconds: number) => Patience;
}): Promise<Final> {
  const { client, history, startPatience } = parts;
  const patience = startPatience(quietTimeoutMs);

  /** Repeats until there is an answer, as connections to processes of before are still being replaced. */
  async function get<Body>(path: string): Promise<Body | undefined> {
    for (;;) {
      const { status, body } = await client.call<Body>(Math.random(), 'GET', path);
      if (status !== undefined && status < 500) return body;
      if (patience.isOver()) throw new Error(`GET ${path} is not answered after the faults: ${status}`);
      await sleep(200);
    }
  }

  async function isQuiet(): Promise<boolean> {
    for (const status of unsettled) {
      const page = await get<{ deliveries: unknown[] }>(`/deliveries?status=${status}&limit=1`);
      if (page?.deliveries.length !== 0) return false;
    }
    for (const id of history.jobs) {
      const job = await get<{ state: string }>(`/redelivery-jobs/${id}`);
      if (job?.state === 'running') return false;
    }
    return true;
  }

  const problems: string[] = [];
  for (let quiet = 0; quiet < 2; ) {
    quiet = (await isQuiet()) ? quiet + 1 : 0;
    if (quiet === 0 && patience.isOver()) {
      problems.push(`deliveries or jobs are still open ${quietTimeoutMs / 1000} s after the last fault`);
      break;
    }
    await sleep(retryIntervalMs);
  }

  const ids = new Set(history.events.flatMap(({ deliveries }) => deliveries));
  for (let cursor = ''; ; ) {
    const page = await get<{ deliveries: { id: string }[]; next_cursor: string | null }>(
      `/deliveries?limit=100${cursor}`,
    );
    for (const { id } of page?.deliveries ?? []) ids.add(id);
    if (!page?.next_cursor) break;
    cursor = `&cursor=${page.next_cursor}`;
  }

  const deliveries = new Map<string, DeliveryRecord>();
  await inParallel([...ids], async (id) => {
    const delivery = await get<DeliveryRecord>(`/deliveries/${id}`);
    if (delivery) deliveries.set(id, delivery);
  });
  await inParallel([...history.distributors.values()], async (distributor) => {
    distributor.secret = (await get<{ secret: string }>(`/distributors/${distributor.id}/secret`))?.secret;
  });
  return { deliveries, problems };
}

async function inParallel<T>(list: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...list];
  const take = async (): Promise<void> => {
    for (let item = rest.pop(); item !== undefined; item = rest.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: readsAtOnce }, take));
}
