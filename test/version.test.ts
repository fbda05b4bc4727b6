import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { run } from '../src/cli/run.ts';
import { createTestGateway, type TestGateway } from '../src/testing/index.ts';
import { version } from '../src/version.ts';
import { type Backend, createBackend } from './support/backend.ts';
import { eventually } from './support/eventually.ts';
import { createSandbox } from './support/process.ts';

/** Nothing can start with these settings. */
const broken = { PORT: 'http', DATABASE_URL: 'nonsense', WORKERS: '4' };

async function printedBy(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const onSignal = () => assert.fail('the command is no server');
  assert.equal(await run({ args, env: broken, print: (text) => void lines.push(text), onSignal }), 0);
  return lines.join('\n');
}

describe('the command line', () => {
  test('every spelling of --version prints name and version, with any settings', async () => {
    for (const spelling of ['--version', '-v', '-V', 'version'])
      assert.equal(await printedBy(spelling), `hookgate ${version}`, spelling);
  });

  test('every spelling of --help prints the usage of all commands', async () => {
    for (const spelling of ['--help', '-h', 'help'])
      assert.match(
        await printedBy(spelling),
        /^Usage: .*\n {2}start .*\n[\s\S]* {2}keys create --org [\s\S]*--version$/,
      );
  });

  test('--help after a command, and help before it, print the usage of this command alone', async () => {
    for (const args of [
      ['migrate', '--help'],
      ['migrate', '--rollback', '-h'],
      ['help', 'migrate'],
    ])
      assert.match(await printedBy(...args), /^Usage: hookgate migrate .*--rollback.*$/, args.join(' '));
    for (const args of [
      ['keys', 'create', '--help'],
      ['help', 'keys', 'create'],
    ])
      assert.match(await printedBy(...args), /^Usage: hookgate keys create --org.*$/, args.join(' '));
    assert.equal(await printedBy('start', '--help'), 'Usage: hookgate start [--brief]');
  });

  test('the process exits with 0 and creates nothing', async () => {
    const sandbox = createSandbox(broken);
    try {
      const { code, stdout, stderr } = await sandbox.run(['--version']);
      assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: `hookgate ${version}\n`, stderr: '' });
      assert.ok(!existsSync(`${sandbox.folder}/data`));
    } finally {
      await sandbox.remove();
    }
  });
});

describe('a running gateway', () => {
  let backend: Backend;
  let gateway: TestGateway;

  before(async () => {
    backend = await createBackend();
    gateway = await createTestGateway({
      plugins: [],
      targets: {
        billing: { upstreams: [backend.url], scopes: ['billing:read'], healthCheck: { path: '/up', intervalMs: 100 } },
      },
      env: { JWT_ISSUER: backend.url, JWT_AUDIENCE: 'test', JWT_JWKS_URI: `${backend.url}/jwks` },
    });
  });
  after(async () => {
    await gateway.close();
    await backend.close();
  });

  test('/healthz says its version', async () => {
    assert.deepEqual((await gateway.request('/healthz')).body, { status: 'ok', version });
  });

  test('health checks and fetches of key sets name it and its version as User-Agent', async () => {
    const token = [
      { alg: 'RS256', kid: 'one' },
      { iss: backend.url, aud: 'test', exp: 4e9 },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    assert.equal((await gateway.request('/', { target: 'billing', token: `${token}.AAAA` })).status, 503);
    const agents = (path: string) =>
      backend.requests.filter(({ url }) => url === path).map(({ headers }) => headers['user-agent']);
    await eventually(() => agents('/up').length > 0);
    assert.deepEqual(agents('/jwks'), [`hookgate/${version}`]);
    assert.equal(agents('/up')[0], `hookgate/${version}`);
  });
});
