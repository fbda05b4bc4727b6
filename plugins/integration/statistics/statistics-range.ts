import { invalidField } from '../../../src/errors.ts';
import { toMicros } from '../deliveries/delivery-schemas.ts';

const dayMicros = 24 * 3600 * 1_000_000;

/**
 * The times of a query as multiples of a step: `from` rounded down and `to` up; by default the last day. Microseconds. Throws
 * `VALIDATION_ERROR` when it holds no step, or more than `limit.steps`; `limit.field` is then at fault, for the reason `limit.message`.
 */
export function toRange(
  query: { from?: string | undefined; to?: string | undefined },
  {
    now,
    stepMicros,
    limit,
  }: { now: number; stepMicros: number; limit: { steps: number; field: string; message: string } },
): { from: number; to: number } {
  const given = { from: toMicros(query.from), to: toMicros(query.to) };
  const to = Math.ceil((given.to ?? now) / stepMicros) * stepMicros;
  const from = Math.floor((given.from ?? to - dayMicros) / stepMicros) * stepMicros;
  if (from >= to) throw invalidField('from', 'must be before "to"', 'query');
  if ((to - from) / stepMicros > limit.steps) throw invalidField(limit.field, limit.message, 'query');
  return { from, to };
}
