import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { get as getPlain } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { connect } from 'node:tls';
import { createAuthority } from '../support/authority.ts';
import { freePort } from '../support/database-server.ts';
import { eventually } from '../support/eventually.ts';
import { createWorkersSandbox, type WorkersSandbox } from '../support/workers.ts';

const authority = createAuthority();
let sandbox: WorkersSandbox;
let env: Record<string, string>;
before(async () => {
  sandbox = await createWorkersSandbox();
  env = {
    ...sandbox.env,
    TLS_CERT_FILE: join(sandbox.folder, 'tls.crt'),
    TLS_KEY_FILE: join(sandbox.folder, 'tls.key'),
  };
});
after(() => sandbox?.remove());

function renew(subject: string): void {
  const { cert, key } = authority.issue({ subject });
  writeFileSync(env.TLS_CERT_FILE as string, cert);
  writeFileSync(env.TLS_KEY_FILE as string, key, { mode: 0o600 });
}

test('a bad pair stops the start: it is reported with all other problems, and without content', async () => {
  renew('good');
  writeFileSync(env.TLS_KEY_FILE as string, authority.issue().key);
  const { code, stderr } = await sandbox.run([], { ...env, PORT: 'none' });
  assert.equal(code, 1);
  assert.match(stderr, /PORT=none: /);
  assert.match(stderr, /TLS_KEY_FILE=\S+tls\.key: does not belong to the certificate in \S+tls\.crt\n/);
  assert.doesNotMatch(stderr, /BEGIN|MIG/);
});

test('workers with TLS: all read the certificate again on SIGHUP, resume each other’s sessions, and measure its end', async () => {
  renew('first');
  const metricsPort = await freePort();
  const program = sandbox.start([], { ...env, METRICS_PORT: String(metricsPort) });
  const url = await program.ready();
  assert.match(url, /^https:/);

  /** Opens a connection and asks on it. */
  const visit = async (session?: Buffer) => {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', ca: authority.cert, session });
    await once(socket, 'secureConnect');
    const { subject } = socket.getPeerCertificate();
    const isReused = socket.isSessionReused();
    socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.match(String(answer), /^HTTP\/1\.1 200 OK/);
    const visited = { subject: (subject as { CN?: string } | undefined)?.CN, isReused, session: socket.getSession() };
    socket.destroy();
    return visited;
  };
  const loaded = (pattern: RegExp): Promise<unknown> =>
    eventually(() => (program.printed.stderr.match(new RegExp(pattern, 'g')) ?? []).length >= 2);
  const first = await visit();
  assert.equal(first.subject, 'first');
  for (let count = 0; count < 12; count += 1) assert.ok((await visit(first.session)).isReused);

  const [page] = await once(getPlain(`http://127.0.0.1:${metricsPort}/metrics`), 'response');
  const [, expiry] = /^hookgate_tls_certificate_expiry_seconds (\d+)$/m.exec(await text(page)) ?? [];
  const days = (Number(expiry) - Date.now() / 1000) / 86_400;
  assert.ok(days > 89 && days < 91, `${days} days`);

  writeFileSync(env.TLS_KEY_FILE as string, 'nonsense');
  program.process.kill('SIGHUP');
  await loaded(/"TLS certificate refused, the served one stays","pid":\d+,"reason":"has no private key in PEM form"/);
  assert.equal((await visit()).subject, 'first');
  renew('second');
  program.process.kill('SIGHUP');
  await loaded(/"subject":"CN=second"/);
  for (let count = 0; count < 12; count += 1) {
    const { isReused, subject } = await visit(first.session);
    assert.deepEqual([isReused, subject], [false, 'second']);
  }
  assert.equal((await program.end()).code, 0);
});
