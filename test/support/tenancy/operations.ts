import type { ParsedJson, TestGateway } from '../../../src/testing/index.ts';

/** An operation of the OpenAPI document. */
export interface Operation {
  /** `GET /api/v1/notes/{id}` */
  readonly title: string;
  readonly target: string;
  readonly method: string;
  readonly path: string;
  readonly isPublic: boolean;
  readonly queries: readonly string[];
  /** The body of the first documented example, if the operation has one. */
  readonly example: ParsedJson;
}

/** Reads every operation from each target's own document: in the merged document one target may hide another. */
export async function readOperations(gateway: TestGateway): Promise<Operation[]> {
  const { tags } = (await gateway.request('/openapi.json')).body;
  const operations: Operation[] = [];
  for (const { name } of tags as { name: string }[]) {
    const { paths } = (await gateway.request(`/openapi/${name}.json`)).body;
    for (const [path, methods] of Object.entries<ParsedJson>(paths)) {
      for (const [method, described] of Object.entries<ParsedJson>(methods))
        operations.push(toOperation(name, method.toUpperCase(), path, described));
    }
  }
  return operations;
}

function toOperation(target: string, method: string, path: string, described: ParsedJson): Operation {
  const parameters: { in?: string; name: string }[] = described.parameters;
  const media = described.requestBody?.content['application/json'];
  return {
    title: `${method} ${path}`,
    target,
    method,
    path,
    isPublic: described.security.length === 0,
    queries: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
    example: media?.example ?? Object.values<ParsedJson>(media?.examples ?? {})[0]?.value,
  };
}
