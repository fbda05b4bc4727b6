import Joi from 'joi';
import { attemptErrors, type PageQuery, pageFields, uuid } from '../../../src/plugin.ts';
import { eventTypeName } from '../event-types/event-type-schemas.ts';
import { deliveryExample, distributorExample, eventExample, nodeExample } from '../examples.ts';
import { matchingText } from '../text-schemas.ts';

export const statuses = ['pending', 'in_flight', 'held', 'delivered', 'failed', 'cancelled'] as const;

const status = Joi.valid(...statuses).meta({ schemaName: 'DeliveryStatus' });

export interface FilterInput {
  status?: (typeof statuses)[number] | undefined;
  endpoint?: string | undefined;
  type?: string | undefined;
  event?: string | undefined;
  node?: string | undefined;
  error?: string | undefined;
  last_status?: number | undefined;
  url_host?: string | undefined;
  /** RFC 3339. */
  from?: string | undefined;
  to?: string | undefined;
}

export interface ListQuery extends FilterInput, PageQuery {}

const rfc3339 =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:[Tt](?:[01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:\.\d+)?)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d))?$/u;

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
export const time = Joi.string()
  .max(64)
  .meta({ jsonSchema: { pattern: rfc3339.source } })
  .custom((text: string, helpers) => (microsOf(text) === undefined ? helpers.error('string.isoDate') : text))
  .description('An RFC 3339 time such as `2026-01-01T00:00:00Z`, or a date.');

/** A range that ends before it begins is a mistake, and not an empty list. */
const notAfterEnd: Joi.CustomValidator<string> = (from, helpers) => {
  const { to } = (helpers.state.ancestors?.[0] ?? {}) as { to?: unknown };
  const [begin, end] = [from, to].map((each) => (typeof each === 'string' ? microsOf(each) : undefined));
  if (begin === undefined || end === undefined || begin <= end) return from;
  return helpers.message({ custom: '{{#label}} must not be later than "to"' });
};

/** Fields for a range of times: from `from` on, and before `to`. */
export const timeRange = { from: time.custom(notAfterEnd), to: time };

/** A filter compares the whole name: patterns belong to subscriptions. */
export const typeFilter = eventTypeName
  .messages({
    'string.pattern.name': '{{#label}} must be the whole name of an event type: letters, digits and . : / _ -',
  })
  .description('The whole name of an event type; a pattern such as `order.*` is none.');

const errorClass = Joi.valid(...attemptErrors).meta({ schemaName: 'DeliveryError' });

/** Names and addresses as a URL writes them. */
const hostPattern = /^(?:[a-zA-Z\d._-]{1,253}|\[[\da-fA-F:.]{2,45}\])(?::\d{1,5})?$/;

const urlHost = matchingText(hostPattern, 'must be a host name or an address, with or without a port')
  .max(260)
  .lowercase()
  .prefs({ convert: true });

export const filterFields = {
  status,
  endpoint: uuid.description('Id of a distributor or webhook.'),
  type: typeFilter,
  event: uuid.description('Id of an event, as `event_id` of its deliveries.'),
  node: uuid.description('Id of a node: deliveries to its distributors, at most 1,000 of them.'),
  error: errorClass.description('Class of the last attempt’s error.'),
  last_status: Joi.number().integer().min(100).max(999).description('Status of the last answer.'),
  url_host: urlHost.description('Host of the URL of the last attempt. Without a port, any port.'),
  ...timeRange,
};

/** Of a text that the schema has checked. */
export const toMicros = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : microsOf(text);

export const countQuery = Joi.object<FilterInput>(filterFields);

export const countAnswer = Joi.object({
  count: Joi.number().integer().required(),
  more: Joi.boolean().description(
    'Present and true: there may be more. At most 10,000 are counted, and conditions other than `status` are checked on the newest 10,000 deliveries of each status.',
  ),
}).meta({ schemaName: 'DeliveryCount' });

export const listQuery = Joi.object<ListQuery>({
  ...filterFields,
  ...pageFields,
});

export const params = Joi.object<{ id: string }>({ id: uuid.required() });

/** Of an item among those of all organizations. */
export const organizationOfItem = Joi.string().description('In answers to `X-Organization: *`.');

export const endpointRef = Joi.object({ kind: Joi.string().required(), id: Joi.string().required() }).meta({
  schemaName: 'Endpoint',
});

const deliveryFields = {
  organization: organizationOfItem,
  id: uuid.required(),
  type: Joi.string().required(),
  event_id: uuid.required(),
  endpoint: endpointRef.required(),
  endpoint_name: Joi.string()
    .allow(null)
    .required()
    .description('Name of the webhook, or node of the distributor; null when it has been deleted.'),
  url: Joi.string().allow(null).required().description('Destination of the last attempt, without query.'),
  status: status.required(),
  attempt_count: Joi.number().integer().required(),
  last_status: Joi.number().integer().allow(null).required(),
  error: Joi.string().allow(null).required().description("Class of the last attempt's error."),
  decision: Joi.string().allow(null).required().description('Reason of the status, in words.'),
  next_attempt_at: Joi.string().isoDate().allow(null).required(),
  test: Joi.boolean()
    .required()
    .description('True for test events and test calls: one attempt, also to an endpoint that is turned off.'),
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
  trace_id: Joi.string()
    .allow(null)
    .required()
    .description('The trace (W3C Trace Context) of the call that caused the event. Null without one.'),
  url: Joi.string().allow(null).required().description('Without query.'),
  peer: Joi.string().allow(null).required().description('IP address of the connection.'),
  tls: Joi.object({
    version: Joi.string().required(),
    certificate_expires_at: Joi.string().isoDate().allow(null).required(),
  })
    .meta({ schemaName: 'AttemptTls' })
    .allow(null)
    .required(),
  request_headers: Joi.object()
    .unknown()
    .allow(null)
    .required()
    .description('Null when no request was sent. Values that may be secrets are `********`.'),
  response_headers: Joi.object().unknown().allow(null).required(),
  response_body: Joi.string().allow(null, '').required(),
  truncated: Joi.boolean().required(),
}).meta({ schemaName: 'Attempt' });

export const deliveryAnswer = Joi.object(deliveryFields).meta({ schemaName: 'Delivery' });

export const deliveryWithAttempts = deliveryAnswer
  .keys({ payload: Joi.any().required(), attempts: Joi.array().items(attempt).required() })
  .meta({ schemaName: 'DeliveryWithAttempts' });

export const example = {
  id: deliveryExample,
  type: 'order.filled',
  event_id: eventExample,
  endpoint: { kind: 'distributor', id: distributorExample },
  endpoint_name: nodeExample,
  url: 'https://receiver.example.com/hooks/orders',
  status: 'delivered',
  attempt_count: 1,
  last_status: 200,
  error: null,
  decision: 'delivered: accepted by the endpoint',
  next_attempt_at: null,
  test: false,
  created_at: '2026-01-01T00:00:00.000000Z',
};
