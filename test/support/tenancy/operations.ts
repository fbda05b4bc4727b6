import type { ParsedJson, TestGateway } from '../../../src/testing/index.ts';

/** An operation of the OpenAPI document. */
export interface Operation {
  /** `GET /api/v1/notes/{id}` */
  readonly title: string;
  readonly target: string;
  readonly method: string;
  readonly path: string;
  readonly isPublic: boolean;
  /** Callers for all organizations may read across them, by the header. */
  readonly mayBeAcross: boolean;
  /** It names no organization, and has no other callers than the ones for all. */
  readonly isAboutAll: boolean;
  readonly queries: readonly string[];
  /** The query parameters without which a call is refused. */
  readonly requiredQueries: readonly string[];
  /** The body of the first documented example, if the operation has one. */
  readonly example: ParsedJson;
}

/**
 * Reads every operation from each target's own document: in the merged document one target may hide another. The gateway's own
 * target concerns no organization.
 */
export async function readOperations(gateway: TestGateway): Promise<Operation[]> {
  const { 'x-tagGroups': targets } = (await gateway.request('/openapi.json')).body;
  const operations: Operation[] = [];
  for (const { name } of targets as { name: string }[]) {
    if (name === 'gateway') continue;
    const { paths } = (await gateway.request(`/openapi/${name}.json`)).body;
    for (const [path, methods] of Object.entries<ParsedJson>(paths)) {
      for (const [method, described] of Object.entries<ParsedJson>(methods))
        operations.push(toOperation(name, method.toUpperCase(), path, described));
    }
  }
  return operations;
}

function toOperation(target: string, method: string, path: string, described: ParsedJson): Operation {
  const parameters: { in?: string; name: string; required?: boolean; $ref?: string }[] = described.parameters;
  const refers = (name: string): boolean => parameters.some(({ $ref = '' }) => $ref.endsWith(`/${name}`));
  const isPublic = described.security.length === 0;
  const mayBeAcross = refers('OrganizationOrAll');
  const isOfOne = path.includes('{org_name}') || refers('Organization');
  const queries = parameters.filter((parameter) => parameter.in === 'query');
  const media = described.requestBody?.content['application/json'];
  return {
    title: `${method} ${path}`,
    target,
    method,
    path,
    isPublic,
    mayBeAcross,
    isAboutAll: !isPublic && !mayBeAcross && !isOfOne,
    queries: queries.map(({ name }) => name),
    requiredQueries: queries.filter(({ required }) => required).map(({ name }) => name),
    example: media?.example ?? Object.values<ParsedJson>(media?.examples ?? {})[0]?.value,
  };
}
