import { createHash } from 'node:crypto';
import { authentication } from '../../plugins/authentication/index.ts';
import { console as webConsole } from '../../plugins/console/index.ts';
import { integration } from '../../plugins/integration/index.ts';
import { createTestGateway } from '../../src/testing/index.ts';

interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly { readonly $ref?: string }[];
  readonly responses?: Readonly<Record<string, unknown>>;
}

/** The merged OpenAPI document, as far as clients are made from it. */
export interface GatewayDocument {
  readonly info: Readonly<Record<string, unknown>>;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: Readonly<Record<string, unknown>>;
}

/** The part of the included plugins' document that the client's types are made from. */
export async function readClientDocument(): Promise<GatewayDocument> {
  const gateway = await createTestGateway({ plugins: [authentication, webConsole, integration] });
  try {
    return toClientDocument((await gateway.request('/openapi.json')).body);
  } finally {
    await gateway.close();
  }
}

/**
 * The document without its version, without examples, which name the present day, and without error responses, which the client
 * throws.
 */
export function toClientDocument({ info, paths, components = {}, ...rest }: GatewayDocument): GatewayDocument {
  const { version: _version, ...title } = info;
  const { responses: _responses, ...kept } = components;
  const document = {
    ...rest,
    info: title,
    paths: mapValues(paths, (operations) => mapValues(operations, withoutErrors)),
    components: kept,
  };
  return withoutExamples(document) as GatewayDocument;
}

/** Members that the gateway ignores are dropped too: they would let misspelt names compile. `areNames`: keys are names of members. */
function withoutExamples(value: unknown, areNames = false): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutExamples(each));
  if (typeof value !== 'object' || value === null) return value;
  const isDropped = (key: string, member: unknown): boolean =>
    !areNames &&
    (key === 'example' ||
      key === 'examples' ||
      member === undefined ||
      (key === 'additionalProperties' && member === true && 'properties' in value));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, member]) => !isDropped(key, member))
      .map(([key, member]) => [key, withoutExamples(member, !areNames && key === 'properties')]),
  );
}

const mapValues = <From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));

const withoutErrors = ({ responses = {}, ...operation }: Operation): Operation => ({
  ...operation,
  responses: Object.fromEntries(Object.entries(responses).filter(([status]) => status.startsWith('2'))),
});

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
