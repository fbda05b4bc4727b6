import type { Day } from '../../plugin.ts';
import type { PlaceSchema } from '../call/json-schema.ts';
import type { RouteDocument } from '../call/route-document.ts';
import type { Target } from '../call/target.ts';
import { covers } from '../call/target-registry.ts';
import { ownComponents, ownSchemas } from './document-components.ts';
import { describeFailures } from './document-errors.ts';
import { headerReferences, rateLimitHeaders } from './document-headers.ts';
import { componentsInUse, DocumentResponses, DocumentSchemas, identifyOperations } from './document-names.ts';
import { selectRoutes } from './document-routes.ts';
import { describeTags, tagOf } from './document-tags.ts';
import { addLinks, type LinkedOperation } from './operation-links.ts';

type Json = Record<string, unknown>;

/** Parts that the operations of a document share. */
interface Shared {
  readonly place: PlaceSchema;
  readonly responses: DocumentResponses;
}

/**
 * The OpenAPI 3.1 document of the given targets, with examples of that day. Where two of them answer the same method and path, the merged
 * document shows the first and says so; each target's own document is complete.
 */
export function createDocument(targets: readonly Target[], version: string, day: Day): Json {
  const paths: Record<string, Json> = {};
  const named = new DocumentSchemas(ownSchemas);
  const responses = new DocumentResponses();
  const { shown, hidden } = selectRoutes(targets);
  const ids = identifyOperations(shown);
  for (const { target, name, routes } of shown) {
    const shared = { place: named.placeOf(name), responses };
    const linked: LinkedOperation[] = [];
    for (const route of routes) {
      const operation = { operationId: ids.get(route), ...toOperation(target, route, day, shared) };
      paths[route.path] = { ...paths[route.path], [route.method]: operation };
      linked.push({ ...route, operation });
    }
    addLinks(linked);
  }
  const { securitySchemes, ...others } = ownComponents;
  const isPublic = shown.every(({ routes }) => routes.every((route) => route.isPublic));
  const used = componentsInUse({ ...others, responses: responses.parts, schemas: named.schemas }, paths);
  return {
    openapi: '3.1.0',
    info: describeApi(version, hidden),
    servers: [{ url: '/', description: 'The gateway that serves this document.' }],
    ...describeTags(shown),
    paths,
    components: isPublic ? used : { securitySchemes, ...used },
  };
}

function describeApi(version: string, hidden: readonly string[]): Json {
  const note = hidden.length > 0 ? ` Answered by several targets and shown once: ${hidden.join('; ')}.` : '';
  return {
    title: 'hookgate',
    version,
    summary: 'One entry point to many backends',
    description: `One entry point to many backends; the header X-Target-Server selects one.${note}`,
    contact: { name: 'The operator of this gateway' },
    license: { name: 'MIT', identifier: 'MIT' },
  };
}

function toOperation(target: Target, route: RouteDocument, day: Day, shared: Shared): Json {
  const { describe, path, isPublic } = route;
  const { responses, parameters, ...operation } = describe(day, shared.place);
  const needsHeader = !target.prefixes.some((prefix) => covers(prefix, path));
  const header = {
    name: 'X-Target-Server',
    in: 'header',
    required: true,
    schema: { type: 'string', const: target.name },
    example: target.name,
  };
  const shape = target.errorShapes.find(({ prefix }) => covers(prefix, path));
  const declared = responses as Record<string, Json>;
  return {
    tags: [tagOf(route, target.name)],
    ...operation,
    description: describeCall(operation, route),
    responses: {
      ...withHeaders(declared, route),
      ...describeFailures(route, declared, { ...shared, target: target.name, shape }),
    },
    parameters: [...(needsHeader ? [header] : []), ...(parameters as unknown[])],
    security: isPublic ? [] : [{ bearer: [] }, { basic: [] }],
  };
}

function describeCall({ description, summary }: Json, { scopes }: RouteDocument): string {
  const sentences = [description, ...(scopes.length > 0 ? [`Scopes: ${scopes.join(', ')}.`] : [])].filter(Boolean);
  return sentences.length > 0 ? sentences.join(' ') : `${summary}.`;
}

/** The declared responses, with the headers that the gateway adds to them. */
function withHeaders(declared: Readonly<Record<string, Json>>, { isPublic, repeats, condition }: RouteDocument): Json {
  const unchanged = { 304: { description: 'The resource still has an `ETag` of `If-None-Match`. No body.' } };
  const responses = { ...declared, ...(condition === 'If-None-Match' ? unchanged : {}) };
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]: [string, Json]) => {
      const names = [
        'X-Request-Id',
        ...(isPublic ? [] : rateLimitHeaders),
        ...(repeats && Number(status) < 300 ? ['Idempotent-Replayed'] : []),
        ...(condition && response.content !== undefined && Number(status) < 300 ? ['ETag'] : []),
        ...(status === '304' ? ['ETag'] : []),
      ];
      return [status, { ...response, headers: { ...headerReferences(names), ...(response.headers as Json) } }];
    }),
  );
}
