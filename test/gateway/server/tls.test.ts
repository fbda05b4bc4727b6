import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get, type RequestOptions } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';
import { createBufferBudget } from '../../../src/gateway/server/buffer-budget.ts';
import { createGatewayServer, type GatewayServer } from '../../../src/gateway/server/server.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { createAuthority } from '../../support/authority.ts';
import { eventually } from '../../support/eventually.ts';
import { patient } from '../../support/patience.ts';
import { rawRequest } from '../../support/raw-request.ts';
import { createSocketBackend, type SocketBackend } from '../../support/socket-backend.ts';

const root = createAuthority();
const middle = root.delegate('Middle');
const folder = mkdtempSync(join(tmpdir(), 'hookgate-tls-'));
const file = (name: string): string => join(folder, name);
const ca = root.cert;

/** Issues a certificate, and writes it with its key and chain over the files of the gateway. */
function renew(subject: string): void {
  const { cert, key } = middle.issue({ subject });
  writeFileSync(file('tls.crt'), cert + middle.cert);
  writeFileSync(file('tls.key'), key, { mode: 0o600 });
}

const warnings: Error[] = [];
process.on('warning', (warning) => warnings.push(warning));

let gateway: TestGateway;
let backend: SocketBackend;
before(async () => {
  renew('first');
  writeFileSync(file('ca.crt'), ca);
  backend = await createSocketBackend();
  gateway = await createTestGateway({
    plugins: [
      {
        name: 'seen',
        apiVersion: 1,
        setup: () => ({
          routes: [
            {
              method: 'GET',
              path: '/seen',
              summary: 'How the request is seen',
              answers: { 200: { description: 'It.' } },
              handler: async (req, res) => void res.json({ secure: req.secure, protocol: req.protocol }),
            },
          ],
        }),
      },
    ],
    targets: { remote: { upstreams: [backend.url], public: true, websocket: { enabled: true } } },
    env: { TLS_CERT_FILE: file('tls.crt'), TLS_KEY_FILE: file('tls.key'), METRICS_PORT: '0' },
  });
});
after(async () => {
  await gateway.close();
  await backend.close();
  rmSync(folder, { recursive: true });
});

interface Seen {
  readonly status: number;
  readonly text: string;
  readonly subject: string;
  readonly socket: TLSSocket;
  /** For a later connection that resumes it. */
  readonly session: Buffer | undefined;
}

function ask(path: string, headers: Record<string, string> = {}, options: RequestOptions = {}): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const request = get(`${gateway.url}${path}`, { ca, agent: false, headers, ...options }, (answer) => {
      const socket = answer.socket as TLSSocket;
      const { CN: subject = '' } = (socket.getPeerCertificate().subject ?? {}) as { CN?: string };
      const session = socket.getSession();
      text(answer).then((text) => resolve({ status: answer.statusCode ?? 0, text, subject, socket, session }), reject);
    });
    request.once('error', reject);
  });
}

/** Output of `openssl s_client`, which sends one request. */
async function openssl(...options: string[]): Promise<string> {
  const running = promisify(execFile)('openssl', [
    's_client',
    ...['-connect', `127.0.0.1:${gateway.port}`, '-CAfile', file('ca.crt'), '-verify_return_error', '-ign_eof'],
    ...options,
  ]);
  running.child.stdin?.end('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  const { stdout, stderr } = await running.catch((error: { stdout: string; stderr: string }) => error);
  return stdout + stderr;
}

describe('openssl s_client', () => {
  for (const [version, options] of [
    ['TLSv1.3', ['-tls1_3']],
    ['TLSv1.2', ['-tls1_2']],
  ] as const)
    test(`${version} is spoken, with the whole chain and HTTP/1.1`, async () => {
      const seen = await openssl(...options, '-alpn', 'h2,http/1.1');
      assert.match(seen, new RegExp(`New, ${version}, Cipher is (TLS_|ECDHE-)`));
      assert.match(seen, /Verify return code: 0 \(ok\)/);
      assert.match(seen, /ALPN protocol: http\/1\.1/);
      assert.match(seen, /HTTP\/1\.1 200 OK[\s\S]*"status":"ok"/);
    });

  test('older versions, suites without forward secrecy, and clients that speak HTTP/2 alone are refused', async () => {
    for (const [options, reason] of [
      [['-tls1_1', '-cipher', 'ALL:@SECLEVEL=0'], /alert protocol version/],
      [['-tls1_2', '-cipher', 'AES128-GCM-SHA256'], /alert handshake failure/],
      [['-alpn', 'h2'], /alert no application protocol/],
    ] as const) {
      const seen = await openssl(...options);
      assert.match(seen, reason);
      assert.doesNotMatch(seen, /HTTP\/1\.1 200/);
    }
  });
});

test('plain HTTP gets the reason, other bytes are closed, and neither reaches the log', async () => {
  const lines = gateway.log.length;
  const plain = await rawRequest(gateway.port, 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.equal(plain.status, 400);
  assert.match(plain.body.error.message, /speaks HTTPS only/);
  for (const bytes of ['SSH-2.0-scan\r\n', '\x00\x01', '\x16\x03\x01\x00\x05nothi', '\x80\x2e\x01\x00\x02']) {
    const answer = await rawRequest(gateway.port, bytes, { end: true }).catch((error: Error) => ({
      text: error.message,
    }));
    assert.doesNotMatch(answer.text, /error"/);
  }
  assert.equal((await ask('/healthz')).status, 200);
  assert.deepEqual(
    gateway.log.slice(lines).filter((line) => !line.includes('"label":"access"')),
    [],
  );
});

test('plugins, backends and the origin check see https', async () => {
  const token = await gateway.token();
  const seen = await ask('/seen', { 'X-Target-Server': 'seen', Authorization: `Bearer ${token}` });
  assert.deepEqual(JSON.parse(seen.text), { secure: true, protocol: 'https' });

  await ask('/', { 'X-Target-Server': 'remote' });
  assert.equal(backend.requests.at(-1)?.headers['x-forwarded-proto'], 'https');

  const from = (origin: string) =>
    ask('/x', { 'X-Target-Server': 'seen', Authorization: 'Basic eDp5', Origin: origin });
  assert.equal((await from(`http://127.0.0.1:${gateway.port}`)).status, 403);
  assert.equal((await from(gateway.url)).status, 401);
});

async function resumes(session: Buffer | undefined): Promise<boolean> {
  const socket = connect({ port: gateway.port, host: '127.0.0.1', ca, session });
  await once(socket, 'secureConnect');
  const isReused = socket.isSessionReused();
  socket.destroy();
  return isReused;
}

test('an exchange under load: no request fails, new connections see the new certificate, old ones go on', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca });
  const kept = await ask('/healthz', {}, { agent });
  const { session } = kept;
  assert.ok(await resumes(session));
  let running = true;
  const subjects: string[] = [];
  const load = async (options: RequestOptions): Promise<void> => {
    while (running) {
      const { status, subject } = await ask('/healthz', {}, options);
      assert.equal(status, 200);
      if (!options.agent) subjects.push(subject);
    }
  };
  const callers = [load({ agent }), load({ agent: false }), load({ agent: false })];
  await eventually(() => subjects.length > 5);
  renew('second');
  await eventually(() => subjects.filter((subject) => subject === 'second').length > 5);
  running = false;
  await Promise.all(callers);
  assert.ok(
    subjects.lastIndexOf('first') <= subjects.indexOf('second') + 2,
    'the old one ends where the new one begins',
  );
  assert.ok(!kept.socket.destroyed, 'the old connection lives');
  assert.equal((await ask('/healthz', {}, { agent })).socket, kept.socket);
  agent.destroy();

  assert.ok(!(await resumes(session)), 'sessions of the old certificate have ended');
  assert.ok(await resumes((await ask('/healthz')).session));
});

test('a WebSocket passes to a backend, and is closed when the gateway stops', async () => {
  const own = await createTestGateway({
    plugins: [],
    targets: { remote: { upstreams: [backend.url], public: true, prefixes: ['/ws'], websocket: { enabled: true } } },
    env: { TLS_CERT_FILE: file('tls.crt'), TLS_KEY_FILE: file('tls.key') },
  });
  const socket = new WebSocket(`${own.url.replace('https', 'wss')}/ws`, { ca });
  await once(socket, 'open');
  socket.send('hello');
  const [echo] = (await once(socket, 'message')) as [Buffer];
  assert.equal(String(echo), 'hello');
  const closed = once(socket, 'close');
  await own.close();
  assert.equal((await closed)[0], 1001);
});

describe('limits of the server', () => {
  const pair = root.issue();

  async function withServer(
    options: Parameters<typeof createGatewayServer>,
    act: (port: number) => Promise<void>,
  ): Promise<void> {
    const [listener, limits, , parts] = options;
    const server: GatewayServer = createGatewayServer(listener, limits, undefined, { ...parts, tls: pair });
    const { port } = await server.listen(0, '127.0.0.1');
    try {
      await act(port);
    } finally {
      await server.stop(200);
    }
  }

  async function open(port: number): Promise<TLSSocket> {
    const socket = connect({ port, host: '127.0.0.1', ca });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    return socket;
  }

  const ok = (_req: unknown, res: { end(text: string): unknown }): void => void res.end('ok');
  const call = (path = '/'): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
  const short = { headersTimeout: 300, connectionsCheckingInterval: 50 };

  test('a handshake ends after its time, also while bytes arrive', () =>
    withServer([ok, short], async (port) => {
      const silent = connectPlain({ port, host: '127.0.0.1' });
      const slow = connectPlain({ port, host: '127.0.0.1' });
      const startedAt = performance.now();
      slow.on('error', () => undefined).write('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'latin1');
      const dripping = setInterval(() => slow.write('x'), 50);
      await Promise.all([once(silent.resume(), 'close'), once(slow.resume(), 'close')]);
      clearInterval(dripping);
      assert.ok(performance.now() - startedAt > 290);
    }));

  test('unfinished handshakes have a bound: the oldest makes room, and no finished connection is closed', async () => {
    let full = 0;
    const onUnfinished = (): void => {
      full += 1;
    };
    await withServer([ok, { maxConnections: 40 }, undefined, { onUnfinished }], async (port) => {
      const finished = await open(port);
      const silent = Array.from({ length: 20 }, () => connectPlain({ port, host: '127.0.0.1' }).resume());
      await eventually(() => silent.filter((socket) => socket.closed).length === 4);
      assert.deepEqual([full, silent.slice(0, 4).every((socket) => socket.closed)], [4, true]);
      finished.write(call());
      assert.match(String((await once(finished, 'data'))[0]), /200 OK/);
      for (const socket of [...silent, finished]) socket.destroy();
    });
  });

  test('at the limit of connections a newcomer replaces an idle one, and none with a request in progress', () =>
    withServer([(req, res) => void (req.url === '/held' || res.end('ok')), { maxConnections: 2 }], async (port) => {
      const busy = await open(port);
      busy.write(call('/held'));
      const all = [busy];
      for (let index = 0; index < 2; index += 1) {
        const socket = await open(port);
        all.push(socket);
        socket.write(call());
        await once(socket, 'data');
      }
      await eventually(() => all[1]?.closed);
      assert.deepEqual(
        all.map(({ closed }) => closed),
        [false, true, false],
      );
      for (const socket of all) socket.destroy();
    }));

  test('an encrypted response that is not read counts twice, as it is held twice', async () => {
    const mebibyte = 1024 * 1024;
    let cut = 0;
    const budget = createBufferBudget({ bufferedBytes: 44 * mebibyte, strangerBytes: mebibyte, youngMs: 1000 }, () => {
      cut += 1;
    });
    const big = (_req: unknown, res: { end(body: Buffer): unknown }): void => void res.end(Buffer.alloc(32 * mebibyte));
    await withServer([big, {}, undefined, { budget }], async (port) => {
      const socket = await open(port);
      socket.write(call());
      await eventually(() => cut === 1);
      socket.destroy();
    });
  });

  test('a large response that the client reads at a steady pace is complete, however long that takes', async () => {
    const length = 24 * 1024 * 1024;
    // A busy machine may leave this process without a turn for half a second.
    const limitMs = patient(1500);
    const big = (_req: unknown, res: { end(body: Buffer): unknown }): void => void res.end(Buffer.alloc(length));
    await withServer([big, { ...short, requestTimeout: limitMs }], async (port) => {
      const socket = await open(port);
      const startedAt = performance.now();
      socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      let read = 0;
      for await (const chunk of socket) {
        read += (chunk as Buffer).length;
        await sleep(Math.max(0, startedAt + (2 * limitMs * read) / length - performance.now()));
      }
      assert.ok(read > length, `${read} bytes`);
    });
  });

  test('a client that still sends a refused head gets its response', () =>
    withServer([ok], async (port) => {
      const socket = await open(port);
      socket.write(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(300_000)}\r\n\r\n`);
      assert.match(await text(socket), /^HTTP\/1\.1 431 /);
    }));

  test('a broken response is a reset, not an end', () =>
    withServer(
      [
        (req, res) => {
          res.write('part');
          setImmediate(() => req.socket.resetAndDestroy());
        },
      ],
      async (port) => {
        const socket = await open(port);
        const failed = new Promise<NodeJS.ErrnoException>((resolve) => socket.once('error', resolve));
        socket.resume().write('GET / HTTP/1.0\r\n\r\n');
        assert.equal((await failed).code, 'ECONNRESET');
      },
    ));
});

test('nothing warns of leaks', () => {
  assert.deepEqual(
    warnings.filter(({ name }) => name === 'MaxListenersExceededWarning'),
    [],
  );
});
