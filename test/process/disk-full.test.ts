import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { renameSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ParsedJson } from '../../src/testing/index.ts';
import { eventually } from '../support/eventually.ts';
import { createSandbox, type Program, printedToken } from '../support/process.ts';

const path = '/api/v1/integration/distributors/nodes/e40efce4-38a3-46c4-a202-e8db95d0409c';
const sandbox = createSandbox({ DEMO: 'true', PORT: '0' });
const gate = Promise.withResolvers<void>();
let receiver: Server;
let received = 0;
let program: Program;
let url: string;
let headers: Record<string, string>;

before(async () => {
  receiver = createServer(async (_req, res) => {
    received += 1;
    await gate.promise;
    res.end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  program = sandbox.start();
  url = await program.ready();
  headers = {
    Authorization: `Bearer ${await printedToken(program)}`,
    'X-Target-Server': 'integration',
    'Content-Type': 'application/json',
  };
});
after(async () => {
  gate.resolve();
  await sandbox.remove();
  receiver?.close();
});

async function post(to: string, body: unknown): Promise<{ status: number; headers: Headers; body: ParsedJson }> {
  const answer = await fetch(url + to, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

const sendEvent = () => post(`${path}/events`, { type: 'order.filled', data: {} });

async function readiness(): Promise<string> {
  const answer = await fetch(`${url}/readyz`);
  const { checks } = (await answer.json()) as { checks: Record<string, string> };
  return `${answer.status} ${checks.storage} ${checks.database}`;
}

/** Largest offset at which the program may write to a file: 1 stands for a full disk. */
const limitFiles = (bytes: string): void =>
  void execFileSync('prlimit', ['--pid', String(program.process.pid), `--fsize=${bytes}:`]);

const linesOf = (message: string) =>
  program.printed.stderr
    .split('\n')
    .filter((line) => line.includes(`"message":"${message}"`))
    .map((line) => JSON.parse(line));

test('a disk without room gives 503 with the reason, one error line for many calls, and a failed check', async () => {
  await post(path, { meta: { host: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`, path: '/hook' } });
  assert.equal((await sendEvent()).status, 202);
  await eventually(() => received === 1);
  assert.equal(await readiness(), '200 ok ok');
  limitFiles('1');
  // The result of the attempt cannot be stored; nothing is said about it but in the one line.
  gate.resolve();
  const answers = await Promise.all(Array.from({ length: 20 }, sendEvent));
  for (const { status, headers, body } of answers) {
    assert.deepEqual([status, body.error.code], [503, 'STORAGE_UNAVAILABLE']);
    assert.match(body.error.message, /^The gateway's own storage is full or cannot be written/);
    assert.doesNotMatch(JSON.stringify(body), /sqlite|\/|hookgate/i);
    assert.ok(Number(headers.get('retry-after')) > 0);
  }
  assert.equal(await readiness(), '503 failed ok');
  const [line, ...more] = await eventually(() =>
    linesOf('database takes no writes').length > 0 ? linesOf('database takes no writes') : undefined,
  );
  assert.deepEqual(
    [line.level, line.label, line.code, line.away_s, more.length],
    ['error', 'database', 'SQLITE_IOERR', 0, 0],
  );
  assert.ok(line.file.endsWith('hookgate.db'));
  // An old Node.js has its own warning.
  const others = program.printed.stderr.split('\n').filter((text) => !text.includes('security fixes'));
  assert.doesNotMatch(others.join('\n'), /failed|postponed|"level":"warn"/);
});

test('it works again by itself, no event is lost, and none is sent twice', async () => {
  limitFiles('unlimited');
  await eventually(async () => (await readiness()) === '200 ok ok');
  assert.equal((await sendEvent()).status, 202);
  await eventually(async () => {
    const answer = await fetch(`${url}/api/v1/integration/deliveries`, { headers });
    const { deliveries } = (await answer.json()) as ParsedJson;
    return deliveries.length === 2 && deliveries.every(({ status }: ParsedJson) => status === 'delivered');
  });
  assert.equal(received, 2);
  const line = await eventually(() => linesOf('database works again')[0]);
  assert.ok(line.failures >= 20 && line.away_s >= 0);
});

test('a database file that was moved away takes no writes, which would be lost, and is used again when it is back', async () => {
  const file = join(sandbox.folder, 'data', 'hookgate.db');
  renameSync(file, `${file}.away`);
  assert.equal((await sendEvent()).body.error.code, 'STORAGE_UNAVAILABLE');
  assert.equal(await readiness(), '503 failed ok');
  await eventually(() => linesOf('database takes no writes').some(({ reason }) => /deleted or replaced/.test(reason)));
  renameSync(`${file}.away`, file);
  await eventually(async () => (await readiness()) === '200 ok ok');
  assert.equal((await sendEvent()).status, 202);
});
