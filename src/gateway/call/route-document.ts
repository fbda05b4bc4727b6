import type Joi from 'joi';
import type { Day, Route, RouteExample } from '../../plugin.ts';

type Json = Record<string, unknown>;

/** The OpenAPI description of one route, generated from the schemas that validate it. */
export interface RouteDocument {
  readonly method: string;
  /** With parameters in braces: `/api/v1/notes/{id}`. */
  readonly path: string;
  readonly isPublic: boolean;
  readonly scopes: readonly string[];
  /** JSON pointers of the ids in responses, by status. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  /** A call that the start prints. */
  readonly greeting: (NonNullable<RouteExample['greeting']> & { readonly path: string }) | undefined;
  /** The OpenAPI operation, with examples of that day. */
  describe(day: Day): Json;
}

const errorAnswers = (route: Route): Json => ({
  default: { $ref: '#/components/responses/Error' },
  ...(route.public ? {} : { '401': { $ref: '#/components/responses/Unauthorized' } }),
});

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
  describe(route, today);
  return {
    method: route.method.toLowerCase(),
    path: route.path.replace(/:(\w+)/g, '{$1}'),
    isPublic: route.public ?? false,
    scopes: route.scopes ?? [],
    ids: Object.fromEntries(Object.entries(route.answers).map(([status, { ids = [] }]) => [status, ids])),
    greeting: greeting && { ...greeting, path: fill(route.path, params) },
    describe: (day) => describe(route, day),
  };
}

function describe(route: Route, day: Day): Json {
  const repeats = route.transact !== undefined && route.method === 'POST';
  const example = exampleOn(route.example, day);
  return {
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    parameters: [
      ...parameters(route.path, route.params, 'path', example?.params),
      ...parameters('', route.query, 'query', example?.query),
      ...(repeats ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
      ...(route.public || (route.organization ?? 'header') !== 'header'
        ? []
        : [{ $ref: '#/components/parameters/Organization' }]),
    ],
    ...(route.body ? { requestBody: { required: true, content: content(route.body, example ?? {}, 'input') } } : {}),
    responses: { ...answers(route, day), ...errorAnswers(route) },
  };
}

function parameters(
  path: string,
  schema: Joi.ObjectSchema | undefined,
  place: 'path' | 'query',
  examples: Json = {},
): Json[] {
  const described = schema ? toJsonSchema(schema, 'input') : {};
  const properties = (described.properties ?? {}) as Record<string, Json>;
  const required = (described.required ?? []) as string[];
  const names =
    place === 'path' ? [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '') : Object.keys(properties);
  return names.map((name) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: properties[name] ?? { type: 'string' },
    ...(examples[name] === undefined ? {} : { example: examples[name] }),
  }));
}

function answers(route: Route, day: Day): Json {
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, { description, schema, example }]) => [
      status,
      { description, ...(schema ? { content: content(schema, { body: exampleOn(example, day) }, 'output') } : {}) },
    ]),
  );
}

function content(schema: Joi.Schema, { body, bodies }: RouteExample, mode: 'input' | 'output'): Json {
  const single = body === undefined ? {} : { example: body };
  const examples = bodies && Object.fromEntries(Object.entries(bodies).map(([title, value]) => [title, { value }]));
  return { 'application/json': { schema: toJsonSchema(schema, mode), ...(examples ? { examples } : single) } };
}

/** Joi's own export of a schema, in JSON Schema 2020-12, the dialect of OpenAPI 3.1. */
export function toJsonSchema(schema: Joi.Schema, mode: 'input' | 'output'): Json {
  const standard = (
    schema as unknown as { '~standard': { jsonSchema: Record<'input' | 'output', (options: Json) => Json> } }
  )['~standard'];
  return standard.jsonSchema[mode]({ target: 'draft-2020-12' });
}

const fill = (path: string, params: RouteExample['params'] = {}): string =>
  path.replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(params[name] ?? name));
