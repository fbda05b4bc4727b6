import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { configSchema } from '../../src/config.ts';
import { judgeNode } from '../../src/node-versions.mjs';
import { readDocument, root } from '../docs/documents.ts';
import { selfSigned } from '../support/certificate.ts';

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** Instructions of the Dockerfile, by stage; the first one has those before the first FROM. */
function readStages(): Instruction[][] {
  const text = readDocument('Dockerfile')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const stages: Instruction[][] = [[]];
  for (const line of lines) {
    const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? assert.fail(line);
    if (name === 'FROM') stages.push([]);
    stages.at(-1)?.push({ name, rest: rest.replaceAll(/\s+/g, ' ') });
  }
  return stages;
}

const [bases = [], build = [], final = []] = readStages();
const all = (stage: readonly Instruction[], name: string): string[] =>
  stage.filter((instruction) => instruction.name === name).map(({ rest }) => rest);
const one = (stage: readonly Instruction[], name: string): string => {
  const found = all(stage, name);
  assert.equal(found.length, 1, `${name}: ${found.length} times`);
  return found[0] ?? '';
};

test('the image has a pinned Node.js without known holes', () => {
  const [, version = ''] = /^NODE=.*\/node:(\d+\.\d+\.\d+)-\w+-slim$/m.exec(all(bases, 'ARG').join('\n')) ?? [];
  assert.deepEqual(judgeNode(`v${version}`), {});
  assert.match(all(bases, 'ARG').join('\n'), /^BASE=.*\/debian:\w+-slim$/m);
});

test('the image runs as a user without rights, by a program that passes signals on', () => {
  assert.match(one(final, 'USER'), /^[1-9]\d{3,}:[1-9]\d{3,}$/);
  assert.ok(final.findIndex(({ name }) => name === 'USER') > final.findLastIndex(({ name }) => name === 'RUN'));
  assert.equal(one(final, 'STOPSIGNAL'), 'SIGTERM');
  assert.deepEqual(JSON.parse(one(final, 'ENTRYPOINT')), ['/usr/bin/tini', '--', 'hookgate']);
  assert.deepEqual(JSON.parse(one(final, 'CMD')), ['start']);
  const check = one(final, 'HEALTHCHECK');
  assert.deepEqual(JSON.parse(check.slice(check.indexOf('CMD ') + 4)), ['node', '/opt/hookgate/health.mjs']);
});

test('the compile cache is made by the user and at the path of later starts', () => {
  const [user] = one(final, 'USER').split(':');
  const cache = 'NODE_COMPILE_CACHE=/var/cache/hookgate';
  assert.ok(all(build, 'RUN').some((run) => run.includes(`setpriv --reuid=${user} `)));
  for (const stage of [build, final]) assert.ok(all(stage, 'ENV').some((env) => env.split(' ').includes(cache)));
});

test('the image sets existing settings only, and no secret', () => {
  const names = all(final, 'ENV').flatMap((env) => env.split(' ').map((entry) => entry.split('=')[0] ?? ''));
  const settings = Object.keys(configSchema.describe().keys ?? {});
  assert.deepEqual(
    names.filter((name) => !settings.includes(name)),
    ['NODE_ENV', 'NODE_COMPILE_CACHE'],
  );
  assert.deepEqual(
    names.filter((name) => !name.startsWith('NODE_')),
    ['HOST'],
  );
});

test('the build sees its sources and what the package publishes, and neither settings nor data', () => {
  const [first, ...allowed] = readDocument('.dockerignore')
    .split('\n')
    .filter((line) => !/^(#|$)/.test(line));
  assert.equal(first, '*');
  const { include } = JSON.parse(readDocument('tsconfig.build.json')) as { include: string[] };
  const copied = [...readDocument('scripts/build.ts').matchAll(/cpSync\(join\(root, '([\w-]+)'\)/g)].map(
    ([, name = '']) => name,
  );
  assert.notEqual(copied.length, 0);
  const { files } = JSON.parse(readDocument('package.json')) as { files: string[] };
  const published = files.filter((name) => name !== 'dist' && !name.startsWith('!'));
  for (const name of [
    'package.json',
    'package-lock.json',
    'README.md',
    'LICENSE',
    'scripts/build.ts',
    'scripts/console',
    'scripts/install',
    'scripts/install.mjs',
    ...include,
    ...copied,
    ...published,
  ])
    assert.ok(allowed.includes(`!${name}`), name);
  assert.deepEqual(
    allowed.filter(
      (rule) => rule.startsWith('!') && rule !== '!.env.example' && /env|data|node_modules|\*\*/.test(rule),
    ),
    [],
  );
});

let plain: Server;
let encrypted: Server;
before(async () => {
  const answer = ({ url }: IncomingMessage, res: ServerResponse): void =>
    void res.writeHead(url === '/healthz' ? 200 : 503).end();
  plain = createHttpServer(answer).listen(0);
  encrypted = createHttpsServer(selfSigned, answer).listen(0);
  await Promise.all([once(plain, 'listening'), once(encrypted, 'listening')]);
});
after(() => {
  plain.close();
  encrypted.close();
});

async function checkHealth(
  server: Server | undefined,
  more: Record<string, string> = {},
  args: string[] = [],
): Promise<number> {
  const port = server ? (server.address() as AddressInfo).port : 1;
  const env = { PORT: String(port), ...more };
  const script = join(root, 'deploy/container/health.mjs');
  const [code] = await once(spawn(process.execPath, [script, ...args], { env }), 'exit');
  return code as number;
}

test('the health check accepts 200 alone, over HTTP and HTTPS', async () => {
  const results = await Promise.all([
    checkHealth(plain),
    checkHealth(encrypted, { TLS_CERT_FILE: 'tls.crt' }),
    checkHealth(plain, {}, ['/readyz']),
    checkHealth(plain, { TLS_CERT_FILE: 'tls.crt' }),
    checkHealth(undefined),
  ]);
  assert.deepEqual(results, [0, 0, 1, 1, 1]);
});
