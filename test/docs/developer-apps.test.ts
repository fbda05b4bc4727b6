import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { integration } from '../../plugins/integration/index.ts';
import { createTestGateway } from '../../src/testing/index.ts';
import { readDocument } from './documents.ts';

test('the calls of docs/developer-apps.md work unchanged', async () => {
  const gateway = await createTestGateway({ plugins: [integration] });
  try {
    const [, script = ''] = /```sh\n([\s\S]*?)```/.exec(readDocument('docs/developer-apps.md')) ?? [];
    const token = await gateway.token({ org: 'myorg', scope: 'integration:read integration:write' });
    const base = '/v1/organizations/myorg';
    const person = { firstName: 'Nikola', lastName: 'Tesla', userName: 'theramin' };
    await gateway.request(`${base}/developers`, { token, body: { email: 'ntesla@example.com', ...person } });
    await gateway.request(`${base}/apiproducts`, { token, body: { name: 'weather', displayName: 'Weather' } });
    const calls = script
      .replace("-u 'joe@example.com:<secret_key>'", `-H 'Authorization: Bearer ${token}'`)
      .replace('http://127.0.0.1:8080', gateway.url);
    const quiet = `curl() { command curl -sS -o /dev/null -w '%{http_code} ' "$@"; }\n`;
    const { stdout } = await promisify(execFile)('bash', ['-c', `${quiet}${calls}`]);
    assert.equal(stdout, '201 201 200 204 200 ');
  } finally {
    await gateway.close();
  }
});
