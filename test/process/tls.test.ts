import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { get as getPlain } from 'node:http';
import { get } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { createAuthority } from '../support/authority.ts';
import { freePort } from '../support/database-server.ts';
import { createSandbox } from '../support/process.ts';

const sandbox = createSandbox();
after(() => sandbox.remove());

const authority = createAuthority();
const [certFile, keyFile] = [join(sandbox.folder, 'tls.crt'), join(sandbox.folder, 'tls.key')];
const env = { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile };

function renew(subject: string, mode = 0o600): void {
  const { cert, key } = authority.issue({ subject });
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key, { mode });
}

test('a bad pair stops the start: it is reported with all other problems, and without content', async () => {
  renew('good');
  writeFileSync(keyFile, authority.issue().key);
  const { code, stderr } = await sandbox.run([], { ...env, PORT: 'none' });
  assert.equal(code, 1);
  assert.match(stderr, /PORT=none: /);
  assert.match(stderr, /TLS_KEY_FILE=\S+tls\.key: does not belong to the certificate in \S+tls\.crt\n/);
  assert.doesNotMatch(stderr, /BEGIN|MIG/);

  const half = await sandbox.run(['check'], { TLS_CERT_FILE: certFile });
  assert.equal(half.code, 1);
  assert.match(half.stderr, /TLS_KEY_FILE=: is required together with \[TLS_CERT_FILE\]/);

  const checked = await sandbox.run(['check'], env);
  assert.equal(checked.code, 1);
  assert.match(checked.stdout, /^tls {9}failed: TLS_KEY_FILE=\S+: does not belong/m);
});

test('a gateway with TLS says https, measures the end of its certificate, and reads it again on SIGHUP', async () => {
  renew('first');
  const checked = await sandbox.run(['check'], {
    ...env,
    DATABASE_URL: `sqlite:${join(sandbox.folder, 'checked.db')}`,
  });
  assert.match(
    checked.stdout,
    /^tls {9}ok \(CN=first, IP Address:127\.0\.0\.1, DNS:localhost\)\ntls {9}valid until \S+Z, 89 days left$/m,
  );

  const metricsPort = await freePort();
  const program = sandbox.start([], { ...env, METRICS_PORT: String(metricsPort) });
  const url = await program.ready();
  assert.match(url, /^https:/);
  await program.until(
    /"message":"TLS certificate loaded","names":\["IP Address:127\.0\.0\.1","DNS:localhost"\]/,
    'stderr',
  );
  const subject = async (): Promise<string> => {
    const [answer] = await once(get(`${url}/healthz`, { ca: authority.cert, agent: false }), 'response');
    const { CN } = (answer.socket as TLSSocket).getPeerCertificate().subject as { CN: string };
    await text(answer);
    return CN;
  };
  assert.equal(await subject(), 'first');
  const [page] = await once(getPlain(`http://127.0.0.1:${metricsPort}/metrics`), 'response');
  const [, expiry] = /^hookgate_tls_certificate_expiry_seconds (\d+)$/m.exec(await text(page)) ?? [];
  const days = (Number(expiry) - Date.now() / 1000) / 86_400;
  assert.ok(days > 89 && days < 91, `${days} days`);

  writeFileSync(keyFile, 'nonsense');
  program.process.kill('SIGHUP');
  await program.until(
    /"TLS certificate refused, the served one stays","reason":"has no private key in PEM form"/,
    'stderr',
  );
  assert.equal(await subject(), 'first');
  renew('second');
  program.process.kill('SIGHUP');
  await program.until(/"subject":"CN=second"/, 'stderr');
  assert.equal(await subject(), 'second');
  assert.equal((await program.end()).code, 0);
});
