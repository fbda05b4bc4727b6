import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkTls } from '../../src/cli/check-tls.ts';
import type { Foundation } from '../../src/foundation.ts';
import { createAuthority } from '../support/authority.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookgate-check-'));
after(() => rmSync(folder, { recursive: true }));
const [certFile, keyFile] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];

function check(config: Partial<Foundation['config']>): { isGood: boolean; printed: string[] } {
  const printed: string[] = [];
  const foundation = { config, now: () => Date.now() * 1000 } as unknown as Foundation;
  return { isGood: checkTls(foundation, (line) => printed.push(line)), printed };
}

test('check prints names and days of a good pair, and rights of others on its key', () => {
  const { cert, key } = createAuthority().issue({ subject: 'first' });
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key, { mode: 0o644 });
  const { isGood, printed } = check({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile });
  assert.ok(isGood);
  assert.match(
    printed.join('\n'),
    /^tls {9}ok \(CN=first, IP Address:127\.0\.0\.1, DNS:localhost\)\ntls {9}valid until 20\S+Z, 89 days left\ntls {9}other users of this machine can use \S+tls\.key \(mode 0644\)$/,
  );
});

test('check prints the reason for a bad pair, and nothing without TLS', () => {
  writeFileSync(keyFile, '');
  const { isGood, printed } = check({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile });
  assert.deepEqual([isGood, printed], [false, [`tls         failed: TLS_KEY_FILE=${keyFile}: is empty`]]);
  assert.deepEqual(check({}), { isGood: true, printed: [] });
});
