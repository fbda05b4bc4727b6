import type { EndpointRef } from '../model/endpoint.ts';
import { type Health, keptFailures } from '../model/endpoint-health.ts';
import { type Reported, type ReportedState, reportedStates } from '../model/reported-state.ts';
import type { Counts } from '../model/tally.ts';

export const countTable = 'dispatcher_counts';
export const healthTable = 'dispatcher_health';

export interface EndpointHealth {
  organization: string;
  endpoint: EndpointRef;
  health: Health;
  /** The state that was last reported. */
  state: 'ok' | 'failing' | 'disabled';
}

export interface CountRow extends Counts {
  organization: string;
  endpoint_kind: string;
  endpoint_id: string;
  bucket: number;
}

export interface HealthRow {
  organization: string;
  endpoint_kind: string;
  endpoint_id: string;
  last_attempt_at: number;
  last_status: number;
  last_error: string;
  last_host: string;
  last_delivery_at: number;
  failing_since: number;
  failures: number;
  /** Times, separated by commas. */
  recent_failures: string;
  counted_from: number;
  state: number;
  reported_since: number;
}

export const keyOf = ({ kind, id }: EndpointRef): string => `${kind}\n${id}`;
export const refOf = (row: { endpoint_kind: string; endpoint_id: string }): EndpointRef => ({
  kind: row.endpoint_kind,
  id: row.endpoint_id,
});

const states = Object.keys(reportedStates) as ReportedState[];

export function toReported(row: HealthRow): Reported {
  const state = states.find((each) => reportedStates[each] === row.state) ?? 'ok';
  return { state, since: row.reported_since };
}

export function toHealth(row: HealthRow): Health {
  return {
    attemptAt: row.last_attempt_at,
    status: row.last_status,
    error: row.last_error,
    host: row.last_host,
    deliveredAt: row.last_delivery_at,
    countedFrom: row.counted_from,
    ...toFailures(row),
  };
}

/** A process of an older version keeps the first failure alone up to date. */
function toFailures(row: HealthRow): Pick<Health, 'failingSince' | 'failures' | 'recent'> {
  const failingSince = row.failing_since;
  if (failingSince === 0) return { failingSince, failures: 0, recent: [] };
  const recent = row.recent_failures
    .split(',')
    .map(Number)
    .filter((time) => time >= failingSince);
  return recent.length === 0
    ? { failingSince, ...leastFailures(failingSince, row.last_attempt_at) }
    : { failingSince, failures: recent.length < keptFailures ? recent.length : row.failures, recent };
}

/** Failures of which only the first and the last attempt are known. */
export const leastFailures = (first: number, last: number): Pick<Health, 'failures' | 'recent'> =>
  last > first ? { failures: 2, recent: [first, last] } : { failures: 1, recent: [first] };

export function toHealthRow(
  organization: string,
  { kind, id }: EndpointRef,
  health: Health,
  reported: Reported,
): HealthRow {
  return {
    organization,
    endpoint_kind: kind,
    endpoint_id: id,
    last_attempt_at: health.attemptAt,
    last_status: health.status,
    last_error: health.error,
    last_host: health.host,
    last_delivery_at: health.deliveredAt,
    failing_since: health.failingSince,
    failures: health.failures,
    recent_failures: health.recent.slice(-keptFailures).join(','),
    counted_from: health.countedFrom,
    state: reportedStates[reported.state],
    reported_since: reported.since,
  };
}

export function toEndpointHealth(row: HealthRow): EndpointHealth {
  const { state } = toReported(row);
  const { organization } = row;
  return { organization, endpoint: refOf(row), health: toHealth(row), state: state === 'resumed' ? 'ok' : state };
}
