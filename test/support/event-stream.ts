import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../src/cli/run.ts';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { createStatistics } from '../../src/dispatcher/deliveries/statistics.ts';
import { countTable } from '../../src/dispatcher/store/statistics-rows.ts';
import { hasTallies } from '../../src/dispatcher/store/tally-journal.ts';
import type { Received, Receiver } from '../../src/testing/index.ts';
import { eventually } from './eventually.ts';

const base = '/api/v1/integration/distributors';
const node = `${base}/nodes/e40efce4-38a3-46c4-a202-e8db95d0409c`;

/** Longer than any response takes, also on a busy machine. */
const clientTimeoutMs = 60_000;

/** Short timeouts, so that leases expire soon. */
export const shortTimes = {
  DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
  DISPATCH_CONNECT_TIMEOUT_MS: '300',
  DISPATCH_READ_TIMEOUT_MS: '300',
  DISPATCH_LEASE_MS: '3500',
  DISPATCH_RETRY_INTERVAL_MS: '100',
  DISPATCH_MAX_RETRIES: '20',
  DISPATCH_POLL_INTERVAL_MS: '100',
};

/** Creates a key on the database of `env`, in this process: a program would take a second to start. Returns Basic credentials. */
export async function createKey(
  env: Readonly<Record<string, string>>,
  organization = 'myorg',
  scope = 'integration:read integration:write',
): Promise<string> {
  const options = ['--org', organization, '--email', 'joe@example.com', '--json', '--scope'];
  const printed: string[] = [];
  const code = await run({
    args: ['keys', 'create', ...options, scope],
    env,
    print: (text) => void printed.push(text),
    onSignal: () => undefined,
  });
  assert.equal(code, 0);
  const key = JSON.parse(printed.join('')) as { api_key: string; secret_key: string };
  return `Basic ${Buffer.from(`${key.api_key}:${key.secret_key}`).toString('base64')}`;
}

export interface Client {
  get(path: string): Promise<{ status: number; body: unknown }>;
  post(path: string, body: unknown): Promise<{ status: number; body: unknown }>;
}

/** Calls the target `integration`; `url` is evaluated for every call, which waits for it. */
export function createClient(url: () => string | Promise<string>, authorization: string): Client {
  const headers = { 'X-Target-Server': 'integration', Authorization: authorization };
  const send = async (path: string, init: RequestInit) => {
    const answer = await fetch(`${await url()}${path}`, { ...init, signal: AbortSignal.timeout(clientTimeoutMs) });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
  return {
    get: (path) => send(path, { headers }),
    post: (path, body) =>
      send(path, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
  };
}

/** Creates distributors of one node, each with its own path at the receiver. */
export async function createDistributors(client: Client, receiverUrl: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const meta = { host: receiverUrl, path: `/${index}`, method: 2 };
    const created = await client.post(node, { meta });
    assert.equal(created.status, 201, JSON.stringify(created.body));
    ids.push((created.body as { id: string }).id);
  }
  return ids;
}

export interface EventStream {
  /** Ids of the deliveries whose acceptance the client has seen. */
  readonly accepted: ReadonlySet<string>;
  stop(): Promise<void>;
}

/** Endpoints of the stream, with more slots together than the events in flight need. */
export const manyDistributors = 20;

/** Pause of a caller after each call: a stream at full speed would take the processor from what happens to it. */
const callerPauseMs = 150;

/**
 * Posts events in sequence from each of `callers`, to the URL of the client; failed calls are not repeated. Every
 * fourth event goes to all distributors.
 */
export function startEvents(client: Client, distributors: readonly string[], callers: number): EventStream {
  const accepted = new Set<string>();
  let count = 0;
  let isStopping = false;
  const send = async (): Promise<void> => {
    const id = distributors[count % distributors.length];
    count += 1;
    const to = count % 4 === 0 ? node : `${base}/${id}`;
    const { status, body } = await client.post(`${to}/events`, { type: 'counted', data: { count } });
    if (status !== 202) return;
    for (const delivery of (body as { deliveries: { id: string }[] }).deliveries) accepted.add(delivery.id);
  };
  const call = async (): Promise<void> => {
    while (!isStopping) {
      await send().catch(() => undefined);
      await sleep(callerPauseMs);
    }
  };
  const running = Array.from({ length: callers }, call);
  return {
    accepted,
    stop: async () => {
      isStopping = true;
      await Promise.all(running);
    },
  };
}

export interface AttemptRecord {
  number: number;
  status: number | null;
  error: string | null;
}

export interface Ledger {
  /** Number of unsettled deliveries. */
  open: number;
  leased: number;
  deliveries: Map<string, { status: number; attempt_count: number; attempts: AttemptRecord[] }>;
  /** Statistics of all organizations. */
  counts: Readonly<Record<string, number>>;
}

/** Opens the database beside the processes that use it, to read their rows. */
export function openLedger(url: string): { read(): Promise<Ledger>; open(): Promise<number>; close(): Promise<void> } {
  const database = openDatabase({ DATABASE_URL: url, DATABASE_POOL_MAX: 2, DATABASE_SSL: 'off' });
  const countOpen = async (): Promise<number> => {
    const count = async (table: string): Promise<number> =>
      Number((await database.read((db) => db(table).count({ open: '*' }).first()))?.open);
    return count('dispatcher_queue');
  };
  return {
    open: countOpen,
    read: async () => {
      const rows = await database.read((db) => db('dispatcher_deliveries').select('id', 'status', 'attempt_count'));
      const deliveries: Ledger['deliveries'] = new Map(rows.map((row) => [row.id, { ...row, attempts: [] }]));
      const attempts = await database.read((db) =>
        db('dispatcher_attempts').select('delivery_id', 'number', 'status', 'error').orderBy('number'),
      );
      for (const attempt of attempts) deliveries.get(attempt.delivery_id)?.attempts.push(attempt);
      const leased = await database.read((db) =>
        db('dispatcher_queue').where('lease_until', '>', 0).pluck('delivery_id'),
      );
      return { open: await countOpen(), leased: leased.length, deliveries, counts: await readCounts(database) };
    },
    close: () => database.close(),
  };
}

/** Statistics of all organizations, once everything is added up. */
async function readCounts(database: Database): Promise<Record<string, number>> {
  const statistics = createStatistics({ database, now: () => Date.now() * 1000, isHeard: () => false });
  await eventually(async () => {
    await statistics.fold();
    return (await database.read(hasTallies)) ? undefined : true;
  });
  const names = ['accepted', 'delivered', 'failed', 'retried', 'cancelled'];
  const sums = Object.fromEntries(names.map((name) => [name, name]));
  const row = await database.read((db) => db(countTable).where({ endpoint_id: '' }).sum(sums).first());
  return Object.fromEntries(names.map((name) => [name, Number(row?.[name])]));
}

const idOf = ({ headers }: Received): string => headers['webhook-id'] ?? '';

/**
 * Asserts that every accepted delivery has arrived and is delivered, that every request at the receiver has one
 * recorded attempt, and that a second success follows only an attempt whose process ended or lost its lease.
 */
export function assertComplete(ledger: Ledger, accepted: ReadonlySet<string>, receiver: Receiver): void {
  assert.ok(accepted.size > 0);
  assert.equal(ledger.open, 0);
  const requests = Map.groupBy(receiver.received, idOf);
  for (const id of accepted) assert.ok(requests.has(id), `${id} was accepted and never arrived`);
  for (const [id, { status, attempt_count, attempts }] of ledger.deliveries) {
    const what = `${id} ${JSON.stringify(attempts)}`;
    assert.equal(status, 1, `${what} is not delivered`);
    assert.deepEqual(
      attempts.map(({ number }) => number),
      Array.from({ length: attempt_count }, (_, index) => index + 1),
      what,
    );
    assert.equal(attempts.at(-1)?.status, 200, what);
    const numbers = (requests.get(id) ?? []).map(({ headers }) => Number(headers['webhook-attempt']));
    assert.equal(new Set(numbers).size, numbers.length, `${what} had an attempt twice: ${numbers}`);
    assert.ok(
      numbers.every((number) => number <= attempt_count),
      `${what} had an attempt that is not recorded: ${numbers}`,
    );
    for (const { number, status: seen, error } of attempts) {
      if (number < attempt_count) assert.ok(error === 'outcome_unknown' || seen === 503 || isSilence(error), what);
    }
  }
  const all = [...ledger.deliveries.values()];
  const retried = all.flatMap(({ attempts }) =>
    attempts.slice(0, -1).filter(({ error }) => error !== 'outcome_unknown'),
  ).length;
  const expected = { accepted: all.length, delivered: all.length, failed: 0, retried, cancelled: 0 };
  assert.deepEqual(ledger.counts, expected, 'statistics');
}

const isSilence = (error: string | null): boolean => /^(connection|read|connect)_/.test(error ?? '');
