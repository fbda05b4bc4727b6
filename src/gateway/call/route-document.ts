import type Joi from 'joi';
import type { Route } from '../../plugin.ts';

type Json = Record<string, unknown>;

/** The OpenAPI description of one route, generated from the schemas that validate it. */
export interface RouteDocument {
  readonly method: string;
  /** With parameters in braces: `/api/v1/notes/{id}`. */
  readonly path: string;
  readonly isPublic: boolean;
  readonly scopes: readonly string[];
  readonly operation: Json;
  /** A call that the start prints. */
  readonly greeting: (RouteGreeting & { readonly path: string }) | undefined;
}

type RouteGreeting = NonNullable<NonNullable<Route['example']>['greeting']>;

const errorAnswers = (route: Route): Json => ({
  default: { $ref: '#/components/responses/Error' },
  ...(route.public ? {} : { '401': { $ref: '#/components/responses/Unauthorized' } }),
});

export function toRouteDocument(route: Route): RouteDocument {
  const path = route.path.replace(/:(\w+)/g, '{$1}');
  const repeats = route.transact !== undefined && route.method === 'POST';
  return {
    method: route.method.toLowerCase(),
    path,
    isPublic: route.public ?? false,
    scopes: route.scopes ?? [],
    operation: {
      summary: route.summary,
      ...(route.description ? { description: route.description } : {}),
      parameters: [
        ...parameters(route.path, route.params, 'path', route.example?.params),
        ...parameters('', route.query, 'query', route.example?.query),
        ...(repeats ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
        ...(route.public || (route.organization ?? 'header') !== 'header'
          ? []
          : [{ $ref: '#/components/parameters/Organization' }]),
      ],
      ...(route.body
        ? { requestBody: { required: true, content: content(route.body, route.example?.body, 'input') } }
        : {}),
      responses: { ...answers(route), ...errorAnswers(route) },
    },
    greeting: route.example?.greeting && { ...route.example.greeting, path: fill(route) },
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

function answers(route: Route): Json {
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, { description, schema, example }]) => [
      status,
      { description, ...(schema ? { content: content(schema, example, 'output') } : {}) },
    ]),
  );
}

function content(schema: Joi.Schema, example: unknown, mode: 'input' | 'output'): Json {
  return { 'application/json': { schema: toJsonSchema(schema, mode), ...(example === undefined ? {} : { example }) } };
}

/** Joi's own export of a schema, in JSON Schema 2020-12, the dialect of OpenAPI 3.1. */
export function toJsonSchema(schema: Joi.Schema, mode: 'input' | 'output'): Json {
  const standard = (
    schema as unknown as { '~standard': { jsonSchema: Record<'input' | 'output', (options: Json) => Json> } }
  )['~standard'];
  return standard.jsonSchema[mode]({ target: 'draft-2020-12' });
}

/** The route's path with the parameters of its example. */
const fill = ({ path, example }: Route): string =>
  path.replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(example?.params?.[name] ?? name));
