import type { Result } from './delivery.ts';
import type { EndpointRef } from './endpoint.ts';
import { type Health, healthOf, mergeHealth } from './endpoint-health.ts';

/** Statistics count by five minutes. */
export const bucketMicros = 5 * 60 * 1_000_000;

export const bucketOf = (micros: number): number => Math.floor(micros / bucketMicros);

export const countNames = ['accepted', 'delivered', 'failed', 'retried', 'cancelled'] as const;

export type Counts = Record<(typeof countNames)[number], number>;

export const noCounts = (): Counts => ({ accepted: 0, delivered: 0, failed: 0, retried: 0, cancelled: 0 });

/** Counts of an endpoint in one bucket, and its health after them. */
export interface Tally extends Counts {
  organization: string;
  endpoint: EndpointRef;
  bucket: number;
  health: Health | undefined;
  /** The endpoint was deleted, or enabled again: earlier failures do not count any more. */
  endedAt: number;
}

/** Tallies of endpoints and buckets, from single ones. */
export class TallySheet {
  readonly #tallies = new Map<string, Tally>();

  /** The tally of an endpoint at a time in microseconds. */
  at(organization: string, endpoint: EndpointRef, micros: number): Tally {
    return this.#of(organization, endpoint, bucketOf(micros));
  }

  add(tally: Tally): void {
    const sum = this.#of(tally.organization, tally.endpoint, tally.bucket);
    for (const name of countNames) sum[name] += tally[name];
    sum.endedAt = Math.max(sum.endedAt, tally.endedAt);
    sum.health = mergeHealth(sum.health, tally.health, sum.endedAt);
  }

  /** In the order of their first mention. */
  get tallies(): Tally[] {
    return [...this.#tallies.values()];
  }

  #of(organization: string, endpoint: EndpointRef, bucket: number): Tally {
    const key = `${bucket}\n${endpoint.kind}\n${endpoint.id}\n${organization}`;
    let tally = this.#tallies.get(key);
    if (!tally) {
      tally = { organization, endpoint, bucket, ...noCounts(), health: undefined, endedAt: 0 };
      this.#tallies.set(key, tally);
    }
    return tally;
  }
}

/**
 * Attempts of unknown outcome count only if they settle their delivery. The first one counts its delivery as accepted, at the
 * time when it was: accepting an event writes no statistics.
 */
export function tallyResults(results: readonly Result[]): Tally[] {
  const sheet = new TallySheet();
  for (const result of results) {
    const { claimed, decision, endedAt, outcome } = result;
    if (claimed.attemptCount === 0) sheet.at(claimed.organization, claimed.endpoint, claimed.createdAt).accepted += 1;
    const tally = sheet.at(claimed.organization, claimed.endpoint, endedAt);
    if (decision.state !== 'pending') tally[decision.state] += 1;
    else if (decision.usesRetry) tally.retried += 1;
    if (outcome.kind === 'unknown') continue;
    if (outcome.kind === 'gone') tally.endedAt = Math.max(tally.endedAt, endedAt);
    else tally.health = mergeHealth(tally.health, healthOf(result), tally.endedAt);
  }
  return sheet.tallies;
}

export interface Cancelled {
  organization: string;
  endpoint: EndpointRef;
  count: number;
  /** Numbers of the ones without an attempt, by the bucket of their acceptance. */
  untried: ReadonlyMap<number, number>;
}

/** Cancelled deliveries of one endpoint. `isEnd`: because it was deleted. */
export function tallyCancelled(cancelled: Cancelled, time: number, isEnd: boolean): Tally[] {
  const { organization, endpoint, count, untried } = cancelled;
  const sheet = new TallySheet();
  const tally = sheet.at(organization, endpoint, time);
  tally.cancelled = count;
  tally.endedAt = isEnd ? time : 0;
  for (const [bucket, accepted] of untried)
    sheet.at(organization, endpoint, bucket * bucketMicros).accepted += accepted;
  return sheet.tallies;
}

/** An endpoint is enabled again. */
export function tallyEnabled(organization: string, endpoint: EndpointRef, time: number): Tally[] {
  const sheet = new TallySheet();
  sheet.at(organization, endpoint, time).endedAt = time;
  return sheet.tallies;
}

/** A cancelled delivery without an attempt is open again: its acceptance will be counted with its first outcome. */
export function tallyReopened(organization: string, endpoint: EndpointRef, createdAt: number): Tally[] {
  const sheet = new TallySheet();
  sheet.at(organization, endpoint, createdAt).accepted = -1;
  return sheet.tallies;
}
