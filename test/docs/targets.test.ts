import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readTargetsFile } from '../../src/proxy/targets/targets-file.ts';
import { createTargetsJsonSchema } from '../../src/proxy/targets/targets-json-schema.ts';
import { createTestGateway } from '../../src/testing/index.ts';
import { createBackend } from '../support/backend.ts';
import { selfSigned } from '../support/certificate.ts';
import { readDocument } from './documents.ts';

const text = readDocument('docs/targets.md');
const snippetsIn = (document: string): string[] =>
  [...document.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, snippet = '']) => snippet);
const snippets = snippetsIn(text);
const origin = 'http://127.0.0.1:9001';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookgate-docs-'));
  writeFileSync(join(folder, 'ca.pem'), selfSigned.cert);
});
after(() => rmSync(folder, { recursive: true }));

function write(snippet: string): string {
  const path = join(folder, 'targets.yaml');
  writeFileSync(path, snippet);
  return path;
}

/** Sends a call through a gateway with this targets file to a test backend; returns the request line that arrived, or the error status. */
async function tryOut(snippet: string, path: string, scope: string): Promise<string> {
  const backend = await createBackend();
  assert.ok(snippet.includes(origin));
  const env = { TARGETS_FILE: write(snippet.replaceAll(origin, backend.url)) };
  const gateway = await createTestGateway({ plugins: [], env });
  try {
    const answer = await gateway.request(path, { target: 'billing', token: await gateway.token({ scope }) });
    return answer.status === 200 ? answer.text : String(answer.status);
  } finally {
    await gateway.close();
    await backend.close();
  }
}

test('every targets file in docs/targets.md is valid', () => {
  assert.equal(snippets.length, 8);
  for (const snippet of snippets) readTargetsFile(write(snippet), { BILLING_KEY: 'a-key' });
});

test('the first target serves the call in the text', async () => {
  const [, target, path = ''] = /X-Target-Server: (\w+)' 'http:\/\/127\.0\.0\.1:8080(\S+)'/.exec(text) ?? [];
  assert.equal(target, 'billing');
  const arrived = await tryOut(snippets[0] ?? '', path, 'billing:read');
  assert.ok(text.includes(`The backend gets \`${arrived}\`.`), arrived);
  assert.equal(await tryOut(snippets[0] ?? '', path, ''), '403');
});

test("the README's targets file equals the first one", () => {
  assert.deepEqual(snippetsIn(readDocument('README.md')), [snippets[0]]);
});

test('the path is rewritten as in the text', async () => {
  const [, sent = '', arrived = '', refused = ''] =
    /a call of `(\S+)` arrives as `(\S+)`, and `(\S+)` is 404/.exec(text) ?? [];
  const snippet = snippets.find((one) => one.includes('stripPrefix')) ?? '';
  assert.equal(await tryOut(snippet, sent, ''), `GET ${arrived}`);
  assert.equal(await tryOut(snippet, refused, ''), '404');
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly default?: unknown;
}

/** Every key, with its default as the document writes it. */
function keysOf({ properties = {} }: Schema, place = ''): [string, string][] {
  return Object.entries(properties).flatMap(([key, schema]) =>
    schema.properties ? keysOf(schema, `${place}${key}.`) : [[`${place}${key}`, written(schema.default)]],
  );
}

function written(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : `\`[${value.join(', ')}]\``;
  const isNothing = value === undefined || value === '' || (typeof value === 'object' && value !== null);
  return isNothing ? 'none' : `\`${String(value)}\``;
}

test('the table lists exactly the keys, with their defaults', () => {
  const { properties } = createTargetsJsonSchema() as Schema;
  const [target] = Object.values(properties?.targets?.patternProperties ?? {});
  assert.ok(target);
  const [, table = ''] = /\n## Keys\n([\s\S]*?)\n## /.exec(text) ?? [];
  const rows = [...table.matchAll(/^\| `([\w.]+)` \| (none|`.+?`) \| .+ \|$/gm)].map(([, key, value]) => [key, value]);
  assert.deepEqual(rows, keysOf(target));
});
