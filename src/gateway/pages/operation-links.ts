type Json = Record<string, unknown>;

/** An operation of the document, and the JSON pointers of the ids in its responses, by status. */
export interface LinkedOperation {
  readonly method: string;
  readonly path: string;
  readonly ids: Readonly<Record<string, readonly string[]>>;
  readonly operation: Json;
}

interface Media {
  readonly example?: unknown;
}

/**
 * Adds `links` to responses with ids: to each operation of the same target whose example has the example's id, as a
 * parameter or in the body. The examples then work one after the other.
 */
export function addLinks(operations: readonly LinkedOperation[]): void {
  for (const maker of operations) {
    for (const [status, pointers] of Object.entries(maker.ids)) {
      const response = (maker.operation.responses as Record<string, Json>)[status];
      const example = mediaOf(response)?.example;
      const links = pointers.flatMap((pointer) =>
        operations.flatMap((user) => (user === maker ? [] : linkTo(user, at(example, pointer), pointer))),
      );
      if (response && links.length > 0) response.links = Object.fromEntries(links);
    }
  }
}

function linkTo({ method, path, operation }: LinkedOperation, id: unknown, pointer: string): [string, Json][] {
  if (typeof id !== 'string') return [];
  const value = `$response.body#${pointer}`;
  const named = (operation.parameters as { name?: string; example?: unknown }[]).filter(
    ({ example }) => example === id,
  );
  const parameters = Object.fromEntries(named.map(({ name = '' }) => [name, value]));
  const body = mediaOf(operation.requestBody as Json | undefined)?.example;
  const requestBody = JSON.stringify(body ?? null).replaceAll(JSON.stringify(id), JSON.stringify(`{${value}}`));
  const isInBody = requestBody !== JSON.stringify(body ?? null);
  if (named.length === 0 && !isInBody) return [];
  const link = {
    operationRef: `#/paths/${encodeURIComponent(path.replaceAll('~', '~0').replaceAll('/', '~1'))}/${method}`,
    description: String(operation.summary),
    ...(named.length > 0 ? { parameters } : {}),
    ...(isInBody ? { requestBody: JSON.parse(requestBody) } : {}),
  };
  return [[`${method}${path}`.replace(/[^A-Za-z0-9]+/g, '-').replace(/-$/, ''), link]];
}

const mediaOf = (holder: Json | undefined): Media | undefined =>
  (holder?.content as Record<string, Media> | undefined)?.['application/json'];

const at = (value: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce((inner: unknown, name) => (inner as Json | undefined)?.[name], value);
