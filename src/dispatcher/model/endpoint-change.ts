import type { Knex } from 'knex';
import type { Result } from './delivery.ts';
import type { EndpointRef } from './endpoint.ts';
import type { Health } from './endpoint-health.ts';
import { failureClassOf, failureClassOfAttempt } from './outcome-error.ts';
import type { Reported, StateChange } from './reported-state.ts';
import { hostOf } from './result-host.ts';

interface About {
  organization: string;
  /** `host`: where the last attempt went, with a port that is not the scheme's; empty if nothing was sent. */
  endpoint: EndpointRef & { host: string };
  /** Microseconds. */
  at: number;
  /** Class of the last failure: an error such as `read_timeout`, or `status_4xx`. */
  error: string;
  /** Status of the last failure; undefined without an answer. */
  status: number | undefined;
}

/** A delivery has failed for good. */
export interface GivenUp extends About {
  change: 'given_up';
  /** `eventId` is undefined once the delivery has been purged. */
  delivery: { id: string; eventId: string | undefined; type: string };
  attempts: number;
}

/** An endpoint fails, works again, or was turned off since it failed. */
export interface StateChanged extends About {
  change: StateChange;
  /** First failure, in microseconds. */
  since: number;
  /** Failed attempts in a row. */
  failures: number;
}

/** A change that is reported once: to listeners, in a transaction of its own. */
export type EndpointChange = GivenUp | StateChanged;

/**
 * Hears changes of one organization, in their order. Its effects have to be in the given transaction, which is repeated until it
 * commits, for a day: each change then counts once.
 */
export type ChangeListener = (trx: Knex.Transaction, changes: readonly EndpointChange[]) => Promise<void>;

/** The report of a result that has failed for good. */
export function givenUp(result: Result): GivenUp {
  const { claimed, endedAt, outcome } = result;
  return {
    change: 'given_up',
    organization: claimed.organization,
    endpoint: { ...claimed.endpoint, host: hostOf(result) },
    at: endedAt,
    error: failureClassOf(outcome),
    status: outcome.kind === 'answered' ? outcome.status : undefined,
    delivery: { id: claimed.id, eventId: undefined, type: claimed.type },
    attempts: claimed.attemptCount + 1,
  };
}

/** The report of a changed state. `health` has the last failure, `since` is its first. `at` in microseconds. */
export function stateChanged(
  change: StateChange,
  about: { organization: string; endpoint: EndpointRef; health: Health; reported: Reported; at: number },
): StateChanged {
  const { organization, endpoint, health, reported, at } = about;
  const { host, status, failures, failingSince } = health;
  return {
    change,
    organization,
    endpoint: { kind: endpoint.kind, id: endpoint.id, host },
    at,
    error: failureClassOfAttempt(health),
    status: status === 0 ? undefined : status,
    since: reported.since || failingSince,
    failures,
  };
}
