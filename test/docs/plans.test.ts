import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { integration } from '../../plugins/integration/index.ts';
import { createTestGateway } from '../../src/testing/index.ts';
import { readDocument, root } from './documents.ts';

const text = readDocument('docs/plans.md');

test('docs/plans.md lists exactly the error codes specific to its calls', () => {
  const folders = ['developers', 'products', 'packages', 'rate-plans', 'subscriptions', 'apigee'];
  const sources = folders.flatMap((folder) => globSync(`plugins/integration/${folder}/*.ts`, { cwd: root }));
  const codes = sources.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/(?:mint|date)Error\(\s*(?:(\d+),\s*)?'(\w+)'/g)].map(
      ([, status = '400', code = '']) => `${code} ${status}`,
    ),
  );
  const rows = [...text.matchAll(/^\| `mint\.(\w+)` \| (\d+) \|/gm)].map(([, code, status]) => `${code} ${status}`);
  assert.ok(rows.length > 10);
  assert.deepEqual(rows.sort(), [...new Set(codes)].sort());
});

test('the calls of docs/plans.md work unchanged', async () => {
  const gateway = await createTestGateway({ plugins: [integration] });
  try {
    const [, script = ''] = /```sh\n([\s\S]*?)```/.exec(text) ?? [];
    const token = await gateway.token({ org: 'myorg', scope: 'integration:write' });
    const calls = script
      .replace("-u 'joe@example.com:<secret_key>'", `-H 'Authorization: Bearer ${token}'`)
      .replace('http://127.0.0.1:8080', gateway.url);
    const quiet = `curl() { command curl -sS -o /dev/null -w '%{http_code} ' "$@"; }\n`;
    const { stdout } = await promisify(execFile)('bash', ['-c', `${quiet}${calls}`]);
    assert.equal(stdout, '201 201 201 201 201 ');
  } finally {
    await gateway.close();
  }
});
