import type { ObjectSchema } from '../../joi-schema.ts';
import type { Day, Route, RouteExample } from '../../plugin.ts';
import { convertedSchema, type PlaceSchema, textual, toNamedJsonSchema } from './json-schema.ts';
import { isRequiredBody } from './required-body.ts';

type Json = Record<string, unknown>;
type ToJsonSchema = typeof convertedSchema;

/** The OpenAPI description of one route, generated from the schemas that validate it. */
export interface RouteDocument {
  /** The route's own id, or one made of its method and path. */
  readonly operationId: string;
  readonly declaresId: boolean;
  readonly method: string;
  /** With parameters in braces: `/api/v1/notes/{id}`. */
  readonly path: string;
  readonly isPublic: boolean;
  readonly scopes: readonly string[];
  /** The request may have a body, of the method's kind. */
  readonly sendsBody: boolean;
  /** `Idempotency-Key` makes a retry safe. */
  readonly repeats: boolean;
  /** Which condition on the resource's entity tag the call takes. */
  readonly condition: Condition | undefined;
  /** Calls of it are counted: by caller, by organization or by failure. */
  readonly isLimited: boolean;
  /** Heading of the documentation; undefined: the target. */
  readonly tag: string | undefined;
  /** Error codes of its own responses, by status. */
  readonly codes: Readonly<Record<string, readonly string[]>>;
  /** JSON pointers of the ids in responses, by status. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  /** A call that the start prints. */
  readonly greeting: (NonNullable<RouteExample['greeting']> & { readonly path: string }) | undefined;
  /** The OpenAPI operation with the declared responses, and examples of that day. `place` keeps its named schemas. */
  describe(day: Day, place: PlaceSchema): Json;
}

const methodsWithBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** Whether `Idempotency-Key` makes a retry safe. */
const repeatsSafely = ({ method, transact, ...route }: Route): boolean =>
  transact !== undefined && method === 'POST' && !route.public;

type Condition = 'If-Match' | 'If-None-Match';

const conditionOf = ({ conditional, method }: Route): Condition | undefined =>
  conditional ? (method === 'GET' ? 'If-None-Match' : 'If-Match') : undefined;

/** A day of the clock, given in microseconds since 1970. */
export const dayOf =
  (micros: number): Day =>
  (offset) =>
    new Date(micros / 1000 + offset * 86_400_000).toISOString().slice(0, 10);

/** An example, or the result of the function that returns it. */
export const exampleOn = <T>(example: T | ((day: Day) => T), day: Day): T =>
  typeof example === 'function' ? (example as (day: Day) => T)(day) : example;

/** Throws if the route's schemas cannot be described. */
export function toRouteDocument(route: Route): RouteDocument {
  const today = dayOf(0);
  const { greeting, params } = exampleOn(route.example, today) ?? {};
  describe(route, today, convertedSchema);
  return {
    operationId: route.operationId ?? operationIdOf(route),
    declaresId: route.operationId !== undefined,
    method: route.method.toLowerCase(),
    path: route.path.replace(/:(\w+)/g, '{$1}'),
    isPublic: route.public ?? false,
    scopes: route.scopes ?? [],
    sendsBody: methodsWithBody.has(route.method),
    repeats: repeatsSafely(route),
    condition: conditionOf(route),
    isLimited: !route.public || route.signIn !== undefined || route.heavy === true,
    tag: route.tag,
    codes: Object.fromEntries(Object.entries(route.answers).map(([status, { codes = [] }]) => [status, codes])),
    ids: Object.fromEntries(Object.entries(route.answers).map(([status, { ids = [] }]) => [status, ids])),
    greeting: greeting && { ...greeting, path: fill(route.path, params) },
    describe: (day, place) =>
      describe(route, day, (schema, mode, reading) => toNamedJsonSchema(schema, mode, place, reading)),
  };
}

/** Made of method and path, without the `/api/v1` of most paths: `getNotesById` for `GET /api/v1/notes/:id`. */
function operationIdOf({ method, path }: Route): string {
  const words = path
    .replace(/^\/api\/v1(?=\/)/, '')
    .replaceAll('/:', '/by-')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  return [method.toLowerCase(), ...words.map((word) => word.replace(/^./, (letter) => letter.toUpperCase()))].join('');
}

const conditionParameters = { 'If-Match': 'IfMatch', 'If-None-Match': 'IfNoneMatch' } as const;

function describe(route: Route, day: Day, toJsonSchema: ToJsonSchema): Json {
  const example = exampleOn(route.example, day);
  const condition = conditionOf(route);
  return {
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    parameters: [
      ...parameters(route.path, route.params, { at: 'path', toJsonSchema }, example?.params),
      ...parameters('', route.query, { at: 'query', toJsonSchema }, example?.query),
      ...(condition ? [{ $ref: `#/components/parameters/${conditionParameters[condition]}` }] : []),
      ...(repeatsSafely(route) ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
      ...organizationParameter(route),
    ],
    ...(route.body
      ? {
          requestBody: {
            required: isNeeded(route.body),
            content: content(toJsonSchema(route.body, 'input'), example ?? {}),
          },
        }
      : {}),
    responses: answers(route, day, toJsonSchema),
  };
}

function organizationParameter({ public: isPublic, organization = 'header' }: Route): Json[] {
  if (isPublic) return [];
  if (organization === 'header') return [{ $ref: '#/components/parameters/Organization' }];
  return organization === 'header-or-all' ? [{ $ref: '#/components/parameters/OrganizationOrAll' }] : [];
}

/** A call without a body is validated like one with `{}`, unless the schema is `required()`. */
const isNeeded = (body: ObjectSchema): boolean => isRequiredBody(body) || body.validate({}).error !== undefined;

function parameters(
  path: string,
  schema: ObjectSchema | undefined,
  { at, toJsonSchema }: { at: 'path' | 'query'; toJsonSchema: ToJsonSchema },
  examples: Json = {},
): Json[] {
  const described = schema ? toJsonSchema(schema, 'input', textual) : {};
  const properties = (described.properties ?? {}) as Record<string, Json>;
  const required = (described.required ?? []) as string[];
  const names = at === 'path' ? [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '') : Object.keys(properties);
  return names.map((name) => ({
    name,
    in: at,
    required: at === 'path' || required.includes(name),
    schema: properties[name] ?? { type: 'string' },
    ...(examples[name] === undefined ? {} : { example: inType(examples[name], properties[name]) }),
  }));
}

/** The text of a parameter as a value of its type, or of the first of its types. */
function inType(text: unknown, schema: Json = {}): unknown {
  const type = schema.type ?? (schema.anyOf as readonly Json[] | undefined)?.[0]?.type;
  if (type === 'integer' || type === 'number') return Number(text);
  return type === 'boolean' ? text === 'true' : text;
}

function answers(route: Route, day: Day, toJsonSchema: ToJsonSchema): Json {
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, { description, schema, example, headers }]) => [
      status,
      {
        description,
        ...(headers ? { headers: describeHeaders(headers) } : {}),
        ...(schema ? { content: content(toJsonSchema(schema, 'output'), { body: exampleOn(example, day) }) } : {}),
      },
    ]),
  );
}

const describeHeaders = (headers: Readonly<Record<string, string>>): Json =>
  Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  );

function content(schema: Json, { body, bodies }: RouteExample): Json {
  const single = body === undefined ? {} : { example: body };
  const examples = bodies && Object.fromEntries(Object.entries(bodies).map(([title, value]) => [title, { value }]));
  return { 'application/json': { schema, ...(examples ? { examples } : single) } };
}

const fill = (path: string, params: RouteExample['params'] = {}): string =>
  path.replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(params[name] ?? name));
