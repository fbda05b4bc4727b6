import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { eventually } from '../support/eventually.ts';
import { createSandbox, type Program, printedToken } from '../support/process.ts';

const sandbox = createSandbox({ DEMO: 'true' });
after(() => sandbox.remove());

const path = '/api/v1/integration/distributors/nodes/e40efce4-38a3-46c4-a202-e8db95d0409c';
const clients = 1000;
const together = 100;
const mebibyte = 1024 * 1024;
const reporter = pathToFileURL(join(import.meta.dirname, '..', 'support', 'report-live-memory.ts')).href;
const flags = fileURLToPath(new URL('../../src/v8-flags.mjs', import.meta.url));

const socketsOf = ({ process: { pid } }: Program): number => readdirSync(`/proc/${pid}/fd`).length;

/** Live memory of the program in bytes, at the `count`-th measurement. */
async function liveMemoryOf(program: Program, count: number): Promise<number> {
  program.process.kill('SIGUSR2');
  return Number((await program.until(new RegExp(`live memory ${count}: (\\d+) bytes`)))[1]);
}

/** Sends the headers and a part of the body, then disconnects: with FIN if `politely`, else with a reset. */
async function vanish(url: string, token: string, politely: boolean): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nX-Target-Server: integration\r\nAuthorization: Bearer ${token}\r\n`;
  const body = `Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n${'{"meta":'.padEnd(20_000)}`;
  await new Promise((resolve) => socket.write(head + body, resolve));
  if (politely) socket.destroy();
  else socket.resetAndDestroy();
  await once(socket, 'close');
}

async function vanishAll(url: string, token: string): Promise<void> {
  for (let done = 0; done < clients; done += together) {
    await Promise.all(Array.from({ length: together }, (_, index) => vanish(url, token, index % 2 === 0)));
  }
}

test('a thousand clients that disconnect in mid-request leak neither sockets nor memory', {
  skip: !existsSync('/proc/self/fd') && 'it looks into /proc',
}, async () => {
  const program = sandbox.start([], { NODE_OPTIONS: `--import=${reporter}` });
  const url = await program.ready();
  const token = await printedToken(program);
  const before = socketsOf(program);
  await vanishAll(url, token);
  await eventually(() => socketsOf(program) <= before + 1);
  const memory = await liveMemoryOf(program, 1);
  await vanishAll(url, token);
  await eventually(() => socketsOf(program) <= before + 1);
  const grown = ((await liveMemoryOf(program, 2)) - memory) / mebibyte;
  assert.ok(grown < 1, `grew by ${grown.toFixed(1)} MiB`);

  assert.equal((await fetch(`${url}/readyz`)).status, 200);
  assert.equal((await program.end()).code, 0);
  const aborted = program.printed.stderr.match(/"aborted":true/g)?.length ?? 0;
  assert.ok(aborted > clients, `${aborted} lines say that the client was gone`);
  assert.ok(!program.printed.stderr.includes('"level":"error"'));
});

test('V8 knows every flag of v8-flags.mjs', async () => {
  // V8 prints a warning for an unknown flag and continues.
  const printed = await promisify(execFile)(process.execPath, ['--import', flags, '--eval', 'console.log("went on")']);
  assert.deepEqual({ ...printed }, { stdout: 'went on\n', stderr: '' });
});
