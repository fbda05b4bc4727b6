// `npm run client`: writes the types and the table of routes of `hookgate/client` from the OpenAPI document. The
// generator and its TypeScript are packages of the folder client-types.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCatalogue } from '../src/errors.ts';
import { clientFiles, composeClientFile, errorCodeType, operationRoutes, withoutHead } from './client/client-file.ts';
import { readClientDocument } from './client/gateway-document.ts';

const root = join(import.meta.dirname, '..');
const generator = join(root, 'client-types', 'node_modules', 'openapi-typescript', 'bin', 'cli.js');
const folder = mkdtempSync(join(tmpdir(), 'hookgate-client-'));
try {
  const document = await readClientDocument();
  const input = join(folder, 'openapi.json');
  const output = join(folder, 'types.ts');
  writeFileSync(input, JSON.stringify(document));
  const options = [
    '--default-non-nullable=false',
    '--empty-objects-unknown',
    '--root-types',
    '--root-types-no-schema-prefix',
  ];
  execFileSync(process.execPath, [generator, input, '-o', output, ...options], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const write = (name: string, text: string): void =>
    writeFileSync(join(root, 'src', 'client', name), composeClientFile(document, text));
  write(
    clientFiles.types,
    `${withoutHead(readFileSync(output, 'utf8'))}${errorCodeType(Object.keys(errorCatalogue))};\n`,
  );
  write(clientFiles.routes, operationRoutes(document));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
