import { type GatewayDocument, hashOf } from './gateway-document.ts';

/** A generated file: hashes of the document and of the text below them, and the text. */
export interface ClientFile {
  readonly documentHash: string;
  readonly textHash: string;
  readonly text: string;
}

/** Generated files of `src/client`: types, which are erased, and the table of routes. */
export const clientFiles = { types: 'gateway-api.ts', routes: 'operation-routes.ts' } as const;

export function composeClientFile(document: GatewayDocument, text: string): string {
  return [
    '// Written by `npm run client` from the OpenAPI document of the included targets. Do not change it by hand.',
    `// Document: ${hashOf(JSON.stringify(document))}`,
    `// Text:     ${hashOf(text)}`,
    text,
  ].join('\n');
}

/** Throws if the file has no head. */
export function parseClientFile(file: string): ClientFile {
  const match = /^.*\n\/\/ Document: (\w+)\n\/\/ Text: +(\w+)\n([\s\S]*)$/.exec(file);
  if (!match) throw new Error('the file has no head');
  const [, documentHash = '', textHash = '', text = ''] = match;
  return { documentHash, textHash, text };
}

/** The output of openapi-typescript without its own head. */
export const withoutHead = (types: string): string => types.replace(/^\/\*\*[\s\S]*?\*\/\n/, '');

/** The codes of `/api/v1` as a type. */
export const errorCodeType = (codes: readonly string[]): string =>
  [
    '',
    '/** Codes of the gateway itself. */',
    'export type GatewayErrorCode =',
    ...codes.map((code) => `  | '${code}'`),
  ].join('\n');

/** The table by which the client finds the route of an operation, as TypeScript. */
export function operationRoutes({ paths }: GatewayDocument): string {
  const entries = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { operationId, parameters = [] }]) => {
      if (operationId === undefined) throw new Error(`${method} ${path} has no operationId`);
      const isIdempotent = parameters.some(({ $ref }) => $ref === '#/components/parameters/IdempotencyKey');
      const flag = isIdempotent ? ', isIdempotent: true' : '';
      return `  ${operationId}: { method: '${method}', path: '${path}'${flag} },`;
    }),
  );
  return [
    '',
    '/** A route of the gateway. `isIdempotent`: it honours `Idempotency-Key`. */',
    'export interface OperationRoute {',
    '  readonly method: string;',
    '  readonly path: string;',
    '  readonly isIdempotent?: true;',
    '}',
    '',
    '/** Routes by `operationId`. */',
    'export const operationRoutes = {',
    ...entries,
    '} as const satisfies Readonly<Record<string, OperationRoute>>;',
    '',
  ].join('\n');
}
