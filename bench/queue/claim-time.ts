import type { Claimed } from '../../src/dispatcher/model/delivery.ts';
import { type Claim, newClaim, takeLeases, toClaimed } from '../../src/dispatcher/store/claim.ts';
import type { Want } from '../../src/dispatcher/store/due-rows.ts';
import { createQueueRepository, queueTable } from '../../src/dispatcher/store/queue-repository.ts';
import { EndpointScheduler } from '../../src/dispatcher/worker/endpoint-scheduler.ts';
import type { Stage } from '../dispatcher/stage.ts';
import { atMostMs, type Findings, grouped, median } from '../support/findings.ts';
import type { Bound } from '../support/report.ts';
import { createBacklog } from './backlog.ts';

/** Medians, in milliseconds. */
interface Times {
  readonly endpoints: number;
  readonly rows: number;
  readonly first: number;
  readonly firstRows: number;
  readonly full: number;
  readonly fullRows: number;
  readonly recent: number;
  readonly stretch: number;
}

const endpointCounts = [10, 1_000, 100_000];
const rowCounts = [1_000, 10_000, 100_000, 1_000_000];
const samples = 25;
const warmUp = 5;
const second = 1_000_000;
/**
 * Due times are spread evenly over this span: one row in eleven is due, as in a busy system that is half a minute
 * behind.
 */
const span = { before: 30 * second, after: 300 * second };
/** Time range of a poll: its overlap and the time since the previous poll. */
const recentMicros = 5.5 * second;
const limits = { concurrency: 256, perEndpoint: 8, perOrigin: 64 };
const maxRows = 400;
const ringPage = 500;
const maxRecent = 50_000;
const leaseMicros = 20 * second;
const quickMs = 20;
/** Tolerance, so that the noise of a few milliseconds cannot miss the bound. */
const noiseMs = 2;
/** One twentieth of the poll interval. */
const pollLimitMs = 25;

/** Measures claims like the worker's, with more and more rows in the queue. */
export async function measureClaimTime(stage: Stage): Promise<Findings> {
  const all: Times[] = [];
  const now = Date.now() * 1000;
  await stage.reset();
  const backlog = await createBacklog(stage.database, 'claim');
  await backlog.addDeliveries(Math.max(...rowCounts));
  for (const endpoints of endpointCounts) {
    await stage.database.knex.raw(`truncate ${queueTable}`);
    for (const rows of rowCounts.filter((count) => count >= endpoints)) {
      process.stderr.write(`claim: ${grouped(rows)} rows, ${grouped(endpoints)} endpoints\n`);
      await backlog.growQueueTo(rows, { endpoints, from: now - span.before, to: now + span.after });
      all.push(await measure(stage, { endpoints, rows, now }));
    }
  }
  await stage.reset();
  return toFindings(all);
}

interface Setting {
  endpoints: number;
  rows: number;
  now: number;
}

async function measure(stage: Stage, { endpoints, rows, now }: Setting): Promise<Times> {
  const { knex } = stage.database;
  const due: number[] = await knex(queueTable)
    .distinct('endpoint_key')
    .where('due_at', '<=', now)
    .pluck('endpoint_key');
  const found = { first: [] as Timed[], full: [] as Timed[], recent: [] as number[], stretch: [] as number[] };
  let ringAt = -1;
  for (let sample = -warmUp; sample < samples; sample += 1) {
    // Different endpoints each time, so that more than the first index pages are read.
    const turn = Array.from({ length: 50 }, (_, at) => due[((sample + warmUp) * 50 + at) % due.length] ?? 0);
    const { first, full } = await claimTwice(stage, turn, now);
    const queue = createQueueRepository(knex, stage.database);
    const recent = await timed(() => queue.dueBetween(now - recentMicros, now, maxRecent));
    const stretch = await timed(() => queue.endpointsAfter(ringAt, ringPage));
    ringAt = stretch.result.length < ringPage ? -1 : (stretch.result.at(-1)?.endpointKey ?? -1);
    if (sample < 0) continue;
    found.first.push(first);
    found.full.push(full);
    found.recent.push(recent.ms);
    found.stretch.push(stretch.ms);
  }
  return {
    endpoints,
    rows,
    first: median(found.first.map(({ ms }) => ms)),
    firstRows: median(found.first.map((claim) => claim.rows)),
    full: median(found.full.map(({ ms }) => ms)),
    fullRows: median(found.full.map((claim) => claim.rows)),
    recent: median(found.recent),
    stretch: median(found.stretch),
  };
}

interface Timed {
  ms: number;
  rows: number;
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}

/** Measures the first claim of unknown endpoints, and the next claim after all of them have responded quickly. */
async function claimTwice({ database }: Stage, keys: readonly number[], now: number) {
  const scheduler = new EndpointScheduler(limits);
  const claims: Claim[] = [];

  async function claim(): Promise<Timed> {
    for (const key of keys) scheduler.hint(key, now, now);
    const wants = scheduler.choose(now, maxRows);
    const one = newClaim(now + leaseMicros);
    claims.push(one);
    const { ms } = await timed(() => takeLeases(database, one, wants, now));
    takeIn(scheduler, wants, one, now);
    return { ms, rows: one.rows.length };
  }

  const first = await claim();
  const started: Claimed[] = [];
  scheduler.start((row) => started.push(row));
  for (const row of started) scheduler.ended(row, true, quickMs);
  const full = await claim();
  const leased = claims.flatMap((one) => one.rows.map((row) => toClaimed(row, one)));
  await createQueueRepository(database.knex, database).returnLeases(leased);
  return { first, full };
}

function takeIn(scheduler: EndpointScheduler, wants: readonly Want[], claim: Claim, now: number): void {
  const found = new Map<number, number>();
  for (const { endpoint_key: key } of claim.rows) found.set(key, (found.get(key) ?? 0) + 1);
  // The endpoints are not resolved, so that no origin reaches its limit.
  const rows = claim.rows.map((row) => toClaimed(row, claim));
  scheduler.claimed(wants, found, rows, now);
}

function toFindings(all: readonly Times[]): Findings {
  return {
    circumstances: [
      `Claim: rows fall due evenly from ${span.before / second} s ago to ${span.after / second} s ahead, so one in eleven is due; medians of ${samples}. "First": one row of each of up to 50 unknown endpoints; "next": the claim after it, when all have responded in ${quickMs} ms. A poll reads the rows that fell due in the last ${recentMicros / second} s and the next ${ringPage} endpoints. The bound compares first claims, which return the same number of rows with every queue size: 3 times the time of the smallest queue, and at least ${noiseMs} ms more than it.`,
    ],
    tables: [
      {
        columns: [
          'Rows in the queue',
          'endpoints',
          'first ms',
          'rows',
          'next ms',
          'rows',
          'poll: lately due ms',
          'endpoints ms',
        ],
        rows: all.map((times) => [
          grouped(times.rows),
          grouped(times.endpoints),
          times.first.toFixed(1),
          String(times.firstRows),
          times.full.toFixed(1),
          String(times.fullRows),
          times.recent.toFixed(1),
          times.stretch.toFixed(1),
        ]),
      },
    ],
    bounds: endpointCounts.flatMap((endpoints) => boundsOf(all.filter((times) => times.endpoints === endpoints))),
  };
}

function boundsOf(times: readonly Times[]): Bound[] {
  const [smallest] = times;
  const largest = times.at(-1);
  if (!smallest || !largest) return [];
  const where = `${grouped(largest.rows)} rows of ${grouped(largest.endpoints)} endpoints`;
  return [
    atMostMs(`claim, ${where}`, largest.first, Math.max(smallest.first * 3, smallest.first + noiseMs)),
    atMostMs(`poll, ${where}`, largest.recent + largest.stretch, pollLimitMs),
  ];
}
