import { validationError } from '../../errors.ts';
import type { Day } from '../../plugin.ts';
import { type RouteDocument, toJsonSchema } from '../call/route-document.ts';
import type { Target } from '../call/target.ts';
import { covers } from '../call/target-registry.ts';
import { addLinks, type LinkedOperation } from './operation-links.ts';

type Json = Record<string, unknown>;

const errorExample = {
  error: {
    code: 'VALIDATION_ERROR',
    message: '…',
    details: { fields: [] },
    request_id: '0198c5a1-7b1e-7cc4-9d5e-1f7d0c5b9a11',
  },
};

const components = {
  securitySchemes: {
    bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    basic: {
      type: 'http',
      scheme: 'basic',
      description: 'User name: the e-mail address or the API key. Password: the secret key.',
    },
  },
  parameters: {
    IdempotencyKey: {
      name: 'Idempotency-Key',
      in: 'header',
      description:
        'Makes a retry safe: the same key and body within 24 hours return the first response without a second effect.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    },
    Organization: {
      name: 'X-Organization',
      in: 'header',
      description: 'The organization that the call acts for, where the credentials cover several.',
      schema: { type: 'string' },
    },
  },
  responses: {
    Error: {
      description: 'The call failed.',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' }, example: errorExample } },
    },
    Unauthorized: {
      description: 'Credentials are missing or not valid.',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    },
  },
  schemas: {
    Error: {
      type: 'object',
      required: ['error'],
      properties: {
        error: {
          type: 'object',
          required: ['code', 'message', 'details', 'request_id'],
          properties: {
            code: { type: 'string' },
            message: { type: 'string' },
            details: { type: 'object' },
            request_id: { type: 'string' },
          },
        },
      },
    },
  },
};

/**
 * The OpenAPI 3.1 document of the given targets, with examples of that day. Where two of them answer the same method and path, the merged
 * document shows the first and says so; each target's own document is complete.
 */
export function createDocument(targets: readonly Target[], version: string, day: Day): Json {
  const paths: Record<string, Json> = {};
  const hidden: string[] = [];
  for (const target of targets) {
    const shown: LinkedOperation[] = [];
    for (const route of target.routes) {
      const operations = paths[route.path] ?? {};
      paths[route.path] = operations;
      if (operations[route.method]) hidden.push(`${route.method.toUpperCase()} ${route.path} of ${target.name}`);
      else {
        const operation = toOperation(target, route, day);
        operations[route.method] = operation;
        shown.push({ ...route, operation });
      }
    }
    addLinks(shown);
  }
  const note = hidden.length > 0 ? ` Answered by several targets and shown once: ${hidden.join('; ')}.` : '';
  return {
    openapi: '3.1.0',
    info: {
      title: 'hookgate',
      version,
      description: `One entry point to many backends; the header X-Target-Server selects one.${note}`,
    },
    servers: [{ url: '/' }],
    tags: targets.map(({ name, summary }) => ({ name, description: summary })),
    paths,
    components,
  };
}

function toOperation(target: Target, { describe, path, isPublic, scopes }: RouteDocument, day: Day): Json {
  const operation = describe(day);
  const needsHeader = !target.prefixes.some((prefix) => covers(prefix, path));
  const header = {
    name: 'X-Target-Server',
    in: 'header',
    required: true,
    schema: { type: 'string', const: target.name },
    example: target.name,
  };
  const needed =
    scopes.length > 0
      ? { description: [operation.description, `Scopes: ${scopes.join(', ')}.`].filter(Boolean).join(' ') }
      : {};
  return {
    tags: [target.name],
    ...operation,
    ...needed,
    responses: { ...(operation.responses as Json), ...shapedErrors(target, path, isPublic) },
    parameters: [...(needsHeader ? [header] : []), ...(operation.parameters as unknown[])],
    security: isPublic ? [] : [{ bearer: [] }, { basic: [] }],
  };
}

/** Error responses of paths whose errors have another format than the gateway's own. */
function shapedErrors({ errorShapes }: Target, path: string, isPublic: boolean): Json {
  const shape = errorShapes.find(({ prefix }) => covers(prefix, path));
  if (!shape) return {};
  const example = shape.toBody(validationError([{ path: 'name', message: 'name is required', in: 'body' }]));
  const content = { 'application/json': { schema: toJsonSchema(shape.schema, 'output'), example } };
  const failed = { default: { description: 'The call failed.', content } };
  return isPublic ? failed : { ...failed, '401': { description: 'Credentials are missing or not valid.', content } };
}
