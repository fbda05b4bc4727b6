import { type Health, keptFailures } from './endpoint-health.ts';

/**
 * The last report on an endpoint; the number is stored. `resumed`: it was enabled again after a report, and nothing has
 * been delivered since.
 */
export const reportedStates = { ok: 0, failing: 1, disabled: 2, resumed: 3 } as const;

export type ReportedState = keyof typeof reportedStates;

/** A change that is reported, once. */
export type StateChange = 'failing' | 'recovered' | 'disabled';

export interface Reported {
  state: ReportedState;
  /** First failure of the endpoint when it was reported as failing, until it recovers; 0 before. Microseconds. */
  since: number;
}

/** An endpoint is failing when nothing was delivered for so long after a failure, or after `keptFailures` in a row. */
export const failingAfterMicros = 5 * 60 * 1_000_000;

/** The least number of failures in a row after which an endpoint may be turned off. */
export const failuresToDisable = keptFailures;

/**
 * The reported state after `health` has taken the place of `before`, with the changes to report in their order. Pure; `now` in
 * microseconds.
 */
export function reportedAfter(
  { state, since }: Reported,
  before: Health | undefined,
  health: Health,
  now: number,
): Reported & { changes: StateChange[] } {
  const changes: StateChange[] = [];
  if ((state === 'failing' || state === 'disabled') && health.countedFrom > (before?.countedFrom ?? 0))
    state = 'resumed';
  const over = state === 'resumed' ? health.countedFrom : since;
  if ((state === 'failing' || state === 'resumed') && health.deliveredAt > over) {
    changes.push('recovered');
    state = 'ok';
    since = 0;
  }
  if ((state === 'ok' || state === 'resumed') && isFailing(health, now)) {
    changes.push('failing');
    state = 'failing';
    since = health.failingSince;
  }
  return { state, since, changes };
}

const isFailing = ({ failingSince, recent }: Health, now: number): boolean =>
  failingSince > 0 && (recent.length >= keptFailures || now - failingSince >= failingAfterMicros);
