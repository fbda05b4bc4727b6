import { ApiError } from '../../errors.ts';
import type { ErrorShape } from '../../plugin.ts';
import { type PlaceSchema, toNamedJsonSchema } from '../call/json-schema.ts';
import type { RouteDocument } from '../call/route-document.ts';
import { exampleRequestId, headerReferences, rateLimitHeaders } from './document-headers.ts';
import type { DocumentResponses } from './document-names.ts';
import { type KnownFailure, knownFailures } from './known-failures.ts';

type Json = Record<string, unknown>;

/** Any other failure: a plugin does not declare it, or a later version adds it. */
const anyFailure: KnownFailure = { name: 'Error', description: 'The call failed.', samples: [] };

/** Statuses of the failures that a call can have. */
function statusesOf({ isPublic, isLimited, sendsBody, repeats, condition }: RouteDocument): number[] {
  const applies: Readonly<Record<number, boolean>> = {
    401: !isPublic,
    403: !isPublic,
    408: sendsBody,
    409: repeats,
    412: condition === 'If-Match',
    413: sendsBody,
    415: sendsBody,
    429: isLimited,
  };
  return Object.keys(knownFailures)
    .map(Number)
    .filter((status) => applies[status] ?? true);
}

/** Writes failures in the format of a path. */
interface FailureFormat {
  readonly schema: Json;
  /** Beginning of the names of its responses. */
  readonly prefix: string;
  bodyOf(error: ApiError): unknown;
  /** The code that callers see. */
  codeOf(error: ApiError): string;
}

const ownFormat: FailureFormat = {
  schema: { $ref: '#/components/schemas/ApiError' },
  prefix: '',
  bodyOf: ({ code, message, details }) => ({ error: { code, message, details, request_id: exampleRequestId } }),
  codeOf: ({ code }) => code,
};

/** The format of an API family. Its responses are called after its schema: `MintNotFound` with `MintError`. */
function formatOf({ schema, toBody }: ErrorShape, target: string, place: PlaceSchema): FailureFormat {
  const json = toNamedJsonSchema(schema, 'output', place);
  const name = /\/(\w+)$/.exec(String(json.$ref))?.[1]?.replace(/Error$/, '');
  const codeOf = (error: ApiError): string => {
    const code = (toBody(error) as { code?: unknown } | null)?.code;
    return typeof code === 'string' ? code : error.code;
  };
  return { schema: json, prefix: name ?? target, bodyOf: toBody, codeOf };
}

export interface FailureParts {
  readonly target: string;
  readonly shape: ErrorShape | undefined;
  readonly place: PlaceSchema;
  readonly responses: DocumentResponses;
}

type Responses = Readonly<Record<string, Json>>;

/** The responses of a call's failures: the route's own ones, and shared ones. `declared`: the route's responses by status. */
export function describeFailures(route: RouteDocument, declared: Responses, parts: FailureParts): Json {
  const { target, shape, place, responses } = parts;
  const format = shape ? formatOf(shape, target, place) : ownFormat;
  const statuses = statusesOf(route);
  const share = (status: number, { name, description, samples }: KnownFailure): Json =>
    responses.place(`${format.prefix}${name}`, toResponse({ status, description, shown: samples, named: [] }, format));
  const result: Json = { default: share(500, anyFailure) };
  for (const status of statuses)
    if (!declared[status]) result[status] = share(status, knownFailures[status] as KnownFailure);
  for (const [text, { description, content }] of Object.entries(declared)) {
    const status = Number(text);
    if (status < 400 || content !== undefined) continue;
    const general = statuses.includes(status) ? (knownFailures[status]?.samples ?? []) : [];
    result[status] = toResponse(ownFailure(status, String(description), route.codes[status] ?? [], general), format);
  }
  return result;
}

/** A failure may follow the count of the call, unless the caller is not known. */
const headersOf = (status: number): readonly string[] =>
  status === 401
    ? ['WWW-Authenticate']
    : [...(status === 429 || status === 503 ? ['Retry-After'] : []), ...rateLimitHeaders];

interface Failure {
  readonly status: number;
  readonly description: string;
  /** Errors with an example, and further ones whose codes are named. */
  readonly shown: readonly ApiError[];
  readonly named: readonly ApiError[];
}

/** A failure with codes of the route's own, or with the description in place of the gateway's own. */
function ownFailure(
  status: number,
  description: string,
  codes: readonly string[],
  general: readonly ApiError[],
): Failure {
  const own = codes.map((code) => new ApiError(status, code, description));
  if (own.length > 0) return { status, description, shown: own, named: general };
  const [first, ...named] = general;
  return { status, description, shown: first ? [new ApiError(status, first.code, description)] : [], named };
}

function toResponse({ status, description, shown, named }: Failure, format: FailureFormat): Json {
  const examples = Object.fromEntries(shown.map((error) => [format.codeOf(error), { value: format.bodyOf(error) }]));
  const codes = [...new Set([...shown, ...named].map((error) => `\`${format.codeOf(error)}\``))];
  return {
    description: codes.length > 0 ? `${description} Codes: ${codes.join(', ')}.` : description,
    headers: headerReferences(['X-Request-Id', ...headersOf(status)]),
    content: { 'application/json': { schema: format.schema, ...(shown.length > 0 ? { examples } : {}) } },
  };
}
