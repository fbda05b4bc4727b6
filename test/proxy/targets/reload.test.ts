import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import {
  createTestGateway,
  createTestTargetsFile,
  type TestGateway,
  type TestTargetsFile,
} from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { type Backend, createBackend } from '../../support/backend.ts';
import { eventually } from '../../support/eventually.ts';

const held: ServerResponse[] = [];
let backend: Backend;
let file: TestTargetsFile;
let gateway: TestGateway;

before(async () => {
  backend = await createBackend();
  backend.answer((req, res) => {
    if (req.url === '/held') held.push(res);
    else res.end(String(req.headers['x-version'] ?? ''));
  });
});
after(() => backend.close());

const version = (name: string) => ({ upstreams: [backend.url], public: true, headers: { set: { 'X-Version': name } } });
const ask = (target: string, path = '/') => gateway.request(path, { target });

async function logged(message: string) {
  await gateway.app.foundation.log.flush();
  return gateway.log.map((line) => JSON.parse(line)).filter((line) => line.message === message);
}

beforeEach(async () => {
  file = createTestTargetsFile({ a: version('1'), b: version('1') });
  gateway = await createTestGateway({ plugins: [], env: { TARGETS_FILE: file.path, UNSEEN: 'hunter2-hunter2' } });
});
afterEach(async () => {
  await gateway.close();
  file.remove();
});

test('a reload adds, changes and removes targets', async () => {
  assert.equal((await ask('a')).text, '1');
  file.write({ a: version('2'), c: version('1') });
  assert.equal(gateway.app.reload(), true);
  assert.equal((await ask('a')).text, '2');
  assert.equal((await ask('c')).text, '1');
  assertError(await gateway.request('/', { target: 'b', token: await gateway.token() }), 'TARGET_UNKNOWN');
  const [line] = await logged('targets replaced');
  assert.deepEqual(
    [line.added, line.removed],
    [
      ['a', 'c'],
      ['a', 'b'],
    ],
  );
});

test('an unchanged target keeps its identity and connections', async () => {
  await ask('b');
  const before = gateway.app.registry.byName('b');
  file.write({ b: version('1'), a: version('2') });
  gateway.app.reload();
  assert.equal(gateway.app.registry.byName('b'), before);
  await ask('b');
  const [first, second] = backend.requests.slice(-2).map(({ socket }) => socket);
  assert.ok(first);
  assert.equal(second, first);
});

test('an invalid file changes nothing, and its problems are logged', async () => {
  const before = gateway.app.registry.targets;
  for (const [text, problem] of [
    ['targets: {', /^line 1, column \d+: /],
    ['', /^the file must be of type object$/],
    [`targets: { a: { upstreams: ["\${UNSEEN}"] } }`, /^targets\.a\.upstreams\[0\] must be an origin/],
    [`targets: { c: { upstreams: [${backend.url}], prefixes: [/docs] } }`, /claims the prefix \/docs/],
    [
      `targets: { c: { upstreams: [http://a], hosts: [x.org] }, d: { upstreams: [http://a], hosts: [X.org.] } }`,
      /both claim the host x\.org/,
    ],
    [
      `targets: { test-identity: { upstreams: [${backend.url}] }, gateway: {} }`,
      /targets\.gateway\.upstreams is required/,
    ],
  ] as const) {
    file.writeText(text);
    assert.equal(gateway.app.reload(), false);
    const lines = await logged('targets file refused, targets unchanged');
    const { level, problems, file: named } = lines.at(-1);
    assert.deepEqual([level, named], ['error', file.path]);
    assert.match(problems.join('\n'), problem);
  }
  file.remove();
  assert.equal(gateway.app.reload(), false);
  assert.equal(gateway.app.registry.targets, before);
  assert.equal((await ask('a')).text, '1');
  await gateway.app.foundation.log.flush();
  assert.ok(!gateway.log.join('\n').includes('hunter2'));
});

test('a call in flight finishes at its old target, whose connections are then closed', async () => {
  const answer = ask('a', '/held');
  await eventually(() => held.length === 1);
  file.write({ b: version('1') });
  gateway.app.reload();
  assert.equal(await backend.connections(), 1);
  held.pop()?.end('late');
  assert.equal((await answer).text, 'late');
  await eventually(async () => (await backend.connections()) === 0);
});

test('retired targets are closed with the gateway, even with calls in flight', async () => {
  const answer = fetch(`${gateway.url}/held`, { headers: { 'X-Target-Server': 'a' } }).then(
    () => 'answered',
    () => 'broken off',
  );
  await eventually(() => held.length === 1);
  file.write({});
  gateway.app.reload();
  assert.equal(await backend.connections(), 1);
  const closing = gateway.close();
  held.pop()?.destroy();
  await answer;
  await closing;
  await eventually(async () => (await backend.connections()) === 0);
  assert.equal(gateway.app.reload(), true, 'a reload after the close has no effect');
});
