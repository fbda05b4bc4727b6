import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runCommandLine } from '../../src/cli/commands.ts';
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts';
import { createTestTargetsFile, type TestTargetsFile } from '../../src/testing/targets-file.ts';

let database: TestDatabase;
let file: TestTargetsFile;
before(async () => {
  database = await createTestDatabase();
  file = createTestTargetsFile();
  assert.equal((await run('migrate')).code, 0);
});
after(async () => {
  file.remove();
  await database.drop();
});

async function run(command: string): Promise<{ code: number; printed: string }> {
  const lines: string[] = [];
  const env = { ...database.env, TARGETS_FILE: file.path, KEY: 'hunter2-hunter2' };
  const print = (text: string): void => void lines.push(text);
  const code = await runCommandLine({
    args: command === 'migrate' ? ['migrate', '--create'] : [command],
    env,
    print,
    onSignal: () => assert.fail('no server'),
  });
  return { code, printed: lines.join('\n') };
}

test('check shows remote targets with prefixes, scopes and upstreams, and no header values', async () => {
  file.writeText(`targets:
  billing:
    upstreams: [http://127.0.0.1:9001, http://127.0.0.1:9002]
    prefixes: [/ws/billing]
    scopes: [billing:read, billing:write]
    headers: { set: { X-Key: "\${KEY}" } }
  open: { upstreams: [https://example.com], public: true }
  plain: { upstreams: [http://127.0.0.1:9003] }
`);
  const { code, printed } = await run('check');
  assert.equal(code, 0, printed);
  assert.ok(printed.includes(`\nremote      ok (${file.path})\n`), printed);
  assert.ok(
    printed.endsWith(
      [
        '',
        'target      billing  billing:read billing:write',
        '  prefix   /ws/billing',
        '  upstream http://127.0.0.1:9001',
        '  upstream http://127.0.0.1:9002',
        'target      open  public',
        '  upstream https://example.com',
        'target      plain',
        '  upstream http://127.0.0.1:9003',
      ].join('\n'),
    ),
    printed,
  );
  assert.ok(!printed.includes('hunter2'));
});

test('check reports every problem of the targets file, continues with the other checks, and exits with 1', async () => {
  file.writeText('targets: { billing: { upstreams: ["http://user:hunter2@a"], colour: red }, other: {} }');
  const { code, printed } = await run('check');
  assert.equal(code, 1);
  for (const line of [
    `remote      failed: The targets file ${file.path} is not valid:`,
    '  targets.billing.upstreams[0] must be an origin such as http://127.0.0.1:9001',
    '  targets.billing.colour is not allowed',
    '  targets.other.upstreams is required',
    'migrations  ok',
    'target      integration',
  ]) {
    assert.ok(printed.split('\n').includes(line), `${line} is not in:\n${printed}`);
  }
  assert.ok(!printed.includes('hunter2'));
});

test('check detects a target with the name of a plugin, as the start does', async () => {
  file.write({ integration: { upstreams: ['http://127.0.0.1:9001'] } });
  await assert.rejects(run('check'), /Two targets are named "integration": target "integration" \(.+\) and plugin/);
});
