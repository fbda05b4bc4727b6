import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';

export type Json = Record<string, unknown>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema?: Json;
  readonly example?: unknown;
}

export interface Media {
  readonly schema?: Json;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

export interface Header {
  readonly required?: boolean;
  readonly schema?: Json;
}

export interface Response {
  readonly headers?: Readonly<Record<string, Header>>;
  readonly content?: Readonly<Record<string, Media>>;
  readonly links?: Readonly<Record<string, Link>>;
}

export interface Link {
  readonly operationRef?: string;
  readonly operationId?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly requestBody?: unknown;
}

/** An operation whose references are resolved, except those in schemas. */
export interface Operation {
  /** `POST /api/v1/notes/{id}`. */
  readonly call: string;
  readonly id: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly target: string | undefined;
  readonly isPublic: boolean;
  readonly parameters: readonly Parameter[];
  readonly requestBody: { readonly required: boolean; readonly content: Readonly<Record<string, Media>> } | undefined;
  readonly responses: Readonly<Record<string, Response>>;
}

export interface ApiDocument {
  /** In the order of the document. */
  readonly operations: readonly Operation[];
  /** The operation of a request and the values of its path, percent-decoded; undefined if the document has none. */
  find(method: string, path: string): { operation: Operation; params: Readonly<Record<string, string>> } | undefined;
  /** Problems of a value, each with its place in it; none if it meets the schema, or one of the values does. */
  problems(schema: Json, ...values: readonly unknown[]): readonly string[];
  /** Problems of a value in a response, also members that its objects do not name, unless they may have any. */
  responseProblems(schema: Json, value: unknown): readonly string[];
  /** The schema itself, or the one that it refers to. */
  resolve(schema: Json): Json;
}

const key = 'document';

/** Reads an OpenAPI 3.1 document. A schema that JSON Schema 2020-12 does not allow throws when it is used. */
export function readApiDocument(document: Json): ApiDocument {
  const resolved = <T>(node: unknown): T => {
    let found = node;
    while (isReference(found)) found = valueAt(document, found.$ref);
    return found as T;
  };
  const validate = createValidator(document);
  const validateClosed = createValidator(closed(document));
  const operations = Object.entries(document.paths as Record<string, Json>).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => toOperation(path, method, operation as Json, resolved)),
  );
  const routes = operations.map((operation) => ({ operation, pattern: patternOf(operation.path) }));
  // The document prefers a fixed segment over a parameter.
  routes.sort((a, b) => rankOf(a.operation.path).localeCompare(rankOf(b.operation.path)));
  return {
    operations,
    resolve: (schema) => resolved<Json>(schema),
    find(method, path) {
      const wanted = method === 'HEAD' ? 'GET' : method;
      for (const { operation, pattern } of routes) {
        const match = operation.method === wanted ? pattern.exec(path) : null;
        if (match) return { operation, params: decoded(match.groups ?? {}) };
      }
      return undefined;
    },
    problems(schema, ...values) {
      const outcomes = values.map((value) => validate(schema, value));
      return outcomes.some((outcome) => outcome.length === 0) ? [] : (outcomes[0] ?? []);
    },
    responseProblems: (schema, value) => validateClosed(closed(schema), value),
  };
}

type Validate = (schema: Json, value: unknown) => string[];

function createValidator(document: Json): Validate {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
  ajvFormats.default(ajv);
  // The document as a whole is registered for its references; its other members are no keywords of JSON Schema.
  ajv.addVocabulary(Object.keys(document).filter((name) => !ajv.getKeyword(name)));
  ajv.addSchema(document, key);
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>();
  return (schema, value) => {
    const text = JSON.stringify(schema);
    const check = compiled.get(text) ?? ajv.compile(withAbsoluteReferences(schema) as Json);
    compiled.set(text, check);
    return check(value) ? [] : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
}

function toOperation(path: string, method: string, operation: Json, resolved: <T>(node: unknown) => T): Operation {
  const parameters = ((operation.parameters ?? []) as unknown[]).map((each) => resolved<Parameter>(each));
  const body = resolved<{ required?: boolean; content: Record<string, Media> } | undefined>(operation.requestBody);
  const target = parameters.find(({ name }) => name === 'X-Target-Server')?.schema?.const;
  return {
    call: `${method.toUpperCase()} ${path}`,
    id: operation.operationId as string | undefined,
    method: method.toUpperCase(),
    path,
    target: target as string | undefined,
    isPublic: ((operation.security ?? []) as unknown[]).length === 0,
    parameters,
    requestBody: body && { required: body.required ?? false, content: body.content },
    responses: Object.fromEntries(
      Object.entries(operation.responses as Json).map(([status, response]) => {
        const { headers = {}, ...rest } = resolved<Response>(response);
        const named = Object.entries(headers).map(([name, header]) => [name, resolved<Header>(header)]);
        return [status, { ...rest, headers: Object.fromEntries(named) }];
      }),
    ),
  };
}

/** A copy of a document or a schema in which objects have no members but the listed ones, unless it says that they may have others. */
function closed(document: Json): Json {
  const close = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(close);
    if (typeof node !== 'object' || node === null) return node;
    const copy = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, close(value)]));
    const isObject = [(node as Json).type].flat().includes('object') && 'properties' in node;
    return isObject && !('additionalProperties' in node) ? { ...copy, additionalProperties: false } : copy;
  };
  return close(document) as Json;
}

const isReference = (node: unknown): node is { $ref: string } =>
  typeof node === 'object' && node !== null && typeof (node as Json).$ref === 'string';

/** The value at a reference such as `#/components/schemas/Note`. */
function valueAt(document: Json, reference: string): unknown {
  return reference
    .split('/')
    .slice(1)
    .map((name) => decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((node: unknown, name) => (node as Json | undefined)?.[name], document);
}

/** References are relative to the document, and a compiled part of it is a schema of its own. */
function withAbsoluteReferences(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withAbsoluteReferences);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) =>
      name === '$ref' && typeof value === 'string'
        ? [name, value.replace(/^#/, `${key}#`)]
        : [name, withAbsoluteReferences(value)],
    ),
  );
}

const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${path
      .split('/')
      .map((segment) =>
        segment.replace(/\{(\w+)\}|[.*+?^$()|[\]\\]/g, (all, name) => (name ? `(?<${name}>[^/]+)` : `\\${all}`)),
      )
      .join('/')}$`,
  );

const rankOf = (path: string): string => path.replaceAll(/\{\w+\}/g, '\uffff');

function decoded(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      try {
        return [name, decodeURIComponent(value)];
      } catch {
        return [name, value];
      }
    }),
  );
}
