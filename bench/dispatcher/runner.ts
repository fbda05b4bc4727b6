import { join } from 'node:path';
import type { Releases } from '../../src/lifecycle/releases.ts';
import { type Contestant, forkContestant, monotonicMs } from '../support/contestant.ts';

/** Starts a script of this folder in a separate process. */
export const startContestant = (
  script: string,
  env: Readonly<Record<string, string>>,
  releases: Releases,
  nodeOptions: readonly string[] = [],
): Contestant => forkContestant(join(import.meta.dirname, script), env, releases, nodeOptions);

export const payloadOf = (size: number, timestamp = 'z'): string =>
  JSON.stringify({ id: 'x', type: 't', timestamp, data: { text: 'x'.repeat(Math.max(0, size - 56)) } });

/** A payload that contains the time of its enqueueing. */
export const payloadOfNow = (): string => payloadOf(payloadBytes, String(monotonicMs()));

export function sentAtOf(payload: string): number | undefined {
  const sentAt = Number((JSON.parse(payload) as { timestamp?: unknown }).timestamp);
  return Number.isFinite(sentAt) ? sentAt : undefined;
}

/** The member of an event's data that holds the moment of the call, for the sink. */
export const sentAtMember = '"sent_at":';

/** An event with the time of its call. All are of the same size. */
export const eventOfNow = (): string =>
  `{"type":"bench","data":{${sentAtMember}${monotonicMs().toFixed(3).padStart(20)},"text":"${'x'.repeat(payloadBytes - 180)}"}}`;

export interface Arrival {
  endpoint: string;
  /** Milliseconds from before the enqueueing transaction to the last byte at the receiver. */
  lagMs: number;
}

export const payloadBytes = 600;
export const batchSize = 250;
export const concurrency = 256;
