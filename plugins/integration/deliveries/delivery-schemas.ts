import Joi from 'joi';
import type { DeliveryFilter } from '../../../src/plugin.ts';
import { uuid } from '../distributors/distributor-schemas.ts';
import { deliveryExample, distributorExample } from '../examples.ts';

export const statuses = ['pending', 'in_flight', 'held', 'delivered', 'failed', 'cancelled'] as const;

export interface FilterInput {
  status?: (typeof statuses)[number] | undefined;
  endpoint?: string | undefined;
  type?: string | undefined;
  /** RFC 3339. */
  from?: string | undefined;
  to?: string | undefined;
}

export interface ListQuery extends FilterInput {
  limit: number;
  cursor?: string;
}

const rfc3339 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/i;

/**
 * Parses an RFC 3339 time, or a date as midnight in UTC, to microseconds since 1970; further digits are cut off. Undefined
 * for any other text and for times that do not exist.
 */
function microsOf(text: string): number | undefined {
  if (!rfc3339.test(text)) return undefined;
  const time = text.includes(':') ? text.replace(/(?<=\.\d{6})\d+/, '') : `${text}T00:00Z`;
  try {
    return Number(Temporal.Instant.from(time).epochNanoseconds / 1000n);
  } catch {
    return undefined;
  }
}

/** Kept as text: Joi's own date type would round to milliseconds. */
const time = Joi.string()
  .max(64)
  .custom((text: string, helpers) => (microsOf(text) === undefined ? helpers.error('string.isoDate') : text))
  .description('An RFC 3339 time such as `2026-01-01T00:00:00Z`, or a date.');

export const filterFields = {
  status: Joi.valid(...statuses),
  endpoint: uuid.description('Id of a distributor or webhook.'),
  type: Joi.string().max(128),
  from: time,
  to: time,
};

const micros = (text: string | undefined): number | undefined => (text === undefined ? undefined : microsOf(text));

export const toFilter = (organization: string, { status, endpoint, type, from, to }: FilterInput): DeliveryFilter => ({
  organization,
  status,
  endpointId: endpoint,
  type,
  from: micros(from),
  to: micros(to),
});

export const listQuery = Joi.object<ListQuery>({
  ...filterFields,
  limit: Joi.number().integer().min(1).max(100).default(20),
  cursor: uuid.description('The `next_cursor` of the previous page.'),
});

export const params = Joi.object<{ id: string }>({ id: uuid.required() });

export const deliveryFields = {
  id: uuid.required(),
  type: Joi.string().required(),
  endpoint: Joi.object({ kind: Joi.string().required(), id: Joi.string().required() }).required(),
  status: Joi.valid(...statuses).required(),
  attempt_count: Joi.number().integer().required(),
  last_status: Joi.number().integer().allow(null).required(),
  next_attempt_at: Joi.string().isoDate().allow(null).required(),
  created_at: Joi.string().isoDate().required(),
};

export const attempt = Joi.object({
  number: Joi.number().integer().required(),
  started_at: Joi.string().isoDate().required(),
  duration_ms: Joi.number().allow(null).required(),
  phases_ms: Joi.object().unknown().allow(null).required(),
  status: Joi.number().integer().allow(null).required(),
  error: Joi.string().allow(null).required(),
  decision: Joi.string().required(),
  response_headers: Joi.object().unknown().allow(null).required(),
  response_body: Joi.string().allow(null, '').required(),
  truncated: Joi.boolean().required(),
});

export const example = {
  id: deliveryExample,
  type: 'order.filled',
  endpoint: { kind: 'distributor', id: distributorExample },
  status: 'delivered',
  attempt_count: 1,
  last_status: 200,
  next_attempt_at: null,
  created_at: '2026-01-01T00:00:00.000000Z',
};
