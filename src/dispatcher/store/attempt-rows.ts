import type { Knex } from '../../database/database.ts';
import type { Result } from '../model/delivery.ts';
import { errorOf } from '../model/outcome-error.ts';

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
  'url',
  'peer',
  'request_headers',
  'tls_version',
  'certificate_ends_at',
] as const;

/** Maximum of the column; only timeouts of over half an hour could make an attempt last longer. */
const maxDurationMicros = 2 ** 31 - 1;

/** The row of an attempt, in the order of `attemptColumns`. */
export function attemptRow({ claimed, startedAt, outcome, decision, request }: Result): unknown[] {
  const { phases, peer } = outcome;
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
    request?.url ?? null,
    peer?.address ?? null,
    peer && request ? request.headers : null,
    peer?.tls?.version ?? null,
    peer?.tls?.certificateEndsAt ?? null,
  ];
}

export interface AttemptRow {
  delivery_id: string;
  number: number;
  started_at: number;
  duration_us: number | null;
  phases: string | null;
  status: number | null;
  error: string | null;
  decision: string;
  response_headers: string | null;
  response_body: string | null;
  truncated: number;
  url: string | null;
  peer: string | null;
  request_headers: string | null;
  tls_version: string | null;
  certificate_ends_at: number | null;
}

/** Attempts of a delivery, oldest first. */
export async function readAttempts(db: Knex, deliveryId: string): Promise<AttemptRow[]> {
  return (await db(attemptTable).where({ delivery_id: deliveryId }).orderBy('number')) as AttemptRow[];
}

/** Records an attempt whose process ended before its outcome was known. `time` in microseconds. */
export async function insertUnknownAttempt(
  trx: Knex,
  attempt: { deliveryId: string; number: number; decision: string },
  time: number,
): Promise<void> {
  const row: Partial<AttemptRow> = {
    delivery_id: attempt.deliveryId,
    number: attempt.number,
    started_at: time,
    duration_us: null,
    phases: null,
    status: null,
    error: 'outcome_unknown',
    decision: attempt.decision,
    response_headers: null,
    response_body: null,
    truncated: 0,
  };
  await trx(attemptTable).insert(row);
}
