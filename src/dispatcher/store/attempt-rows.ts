import type { Result } from '../model/delivery.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Decision } from '../model/policy.ts';

export const attemptTable = 'dispatcher_attempts';

export const attemptColumns = [
  'delivery_id',
  'number',
  'started_at',
  'duration_us',
  'phases',
  'status',
  'error',
  'decision',
  'response_headers',
  'response_body',
  'truncated',
] as const;

/** The column's; only with deadlines of over half an hour could an attempt last longer. */
const maxDurationMicros = 2 ** 31 - 1;

/** The row of an attempt, in the order of `attemptColumns`. */
export function attemptRow({ claimed, startedAt, outcome, decision }: Result): unknown[] {
  const { phases } = outcome;
  const answer = outcome.kind === 'answered' ? outcome : undefined;
  return [
    claimed.id,
    claimed.attemptCount + 1,
    startedAt,
    phases ? Math.min(phases.total, maxDurationMicros) : null,
    phases ? JSON.stringify({ ...phases, total: undefined }) : null,
    answer?.status ?? null,
    errorOf(outcome, decision),
    decision.words,
    answer ? JSON.stringify(answer.headers) : null,
    answer ? answer.body : null,
    answer?.truncated ? 1 : 0,
  ];
}

function errorOf(outcome: Outcome, { state }: Decision): string | null {
  if ('error' in outcome) return outcome.error;
  if (outcome.kind === 'unknown') return state === 'failed' ? 'crash_loop' : 'outcome_unknown';
  return outcome.kind === 'gone' ? 'endpoint_gone' : null;
}
