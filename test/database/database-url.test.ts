import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Config, loadConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/database/database.ts';
import { SettingsError } from '../../src/settings.ts';
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts';
import { selfSigned } from '../support/certificate.ts';
import { type DatabaseServer, startDatabaseServer } from '../support/database-server.ts';
import { createSandbox } from '../support/process.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookgate-tls-'));
const caFile = join(folder, 'ca.pem');
const keyFile = join(folder, 'key.pem');
const ENCRYPTION_KEY = Buffer.alloc(32).toString('base64');
const address = 'mysql://user:hunter2@db.example.com:3306/hookgate';

before(() => {
  writeFileSync(caFile, selfSigned.cert);
  writeFileSync(keyFile, selfSigned.key);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const configOf = (parameters: string, more: Record<string, string> = {}): Readonly<Config> =>
  loadConfig({ DATABASE_URL: `${address}?${parameters}`, ENCRYPTION_KEY, ...more });

function problemsOf(parameters: string, more: Record<string, string> = {}): string {
  try {
    configOf(parameters, more);
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    assert.ok(!/hunter2|secret-value/.test(error.message), error.message);
    return error.problems.map(({ name, expected }) => `${name}: ${expected}`).join('\n');
  }
  return '';
}

describe('parameters of DATABASE_URL', () => {
  const levels = {
    off: ['ssl-mode=DISABLED', 'sslmode=disable', 'ssl=false', 'useSSL=false', 'tls=false', 'ssl_disabled=true', ''],
    required: [
      ...['ssl-mode=REQUIRED', 'sslmode=require', 'sslMode=required', 'ssl_mode=PREFERRED', 'ssl=true', 'useSSL=true'],
      ...['ssl={"rejectUnauthorized":false}', 'tls=skip-verify', 'sslaccept=accept_invalid_certs', 'requireSSL=1'],
      'useSSL=true&requireSSL=true&verifyServerCertificate=false',
    ],
    'verify-ca': [
      ...['ssl-mode=VERIFY_CA', 'sslmode=verify-ca', 'useSSL=true&verifyServerCertificate=true'],
      'ssl={"rejectUnauthorized":true,"verifyIdentity":false}',
    ],
    verify: [
      ...['ssl-mode=VERIFY_IDENTITY', 'sslmode=verify-full', 'ssl={"rejectUnauthorized":true}', 'ssl={}', 'tls=true'],
      ...['ssl=%7B%22rejectUnauthorized%22%3Atrue%2C%22minVersion%22%3A%22TLSv1.2%22%7D', 'sslaccept=strict'],
      'ssl=true&ssl-verify-server-cert=true',
    ],
  } as const;
  for (const [level, all] of Object.entries(levels)) {
    test(`parameters ask for encryption: ${level}`, () => {
      for (const parameters of all) assert.equal(configOf(parameters).DATABASE_SSL, level, parameters);
    });
  }

  test('parameters name authorities, whose certificates are read', () => {
    const { DATABASE_SSL, DATABASE_SSL_CA } = configOf(`ssl-ca=${caFile}`);
    assert.deepEqual([DATABASE_SSL, DATABASE_SSL_CA], ['verify-ca', selfSigned.cert]);
    const ca = encodeURIComponent(JSON.stringify({ ca: selfSigned.cert }));
    assert.equal(configOf(`ssl=${ca}`).DATABASE_SSL_CA, selfSigned.cert);
    assert.match(problemsOf('ssl-ca=/nowhere/ca.pem'), /^DATABASE_URL: names a file .* cannot be read \(ENOENT\)$/);
  });

  test('parameters may agree with DATABASE_SSL, or be weaker', () => {
    assert.equal(configOf('ssl-mode=REQUIRED', { DATABASE_SSL: 'required' }).DATABASE_SSL, 'required');
    assert.equal(configOf('ssl-mode=REQUIRED', { DATABASE_SSL: 'verify' }).DATABASE_SSL, 'verify');
    assert.equal(configOf('', { DATABASE_SSL: 'verify-ca' }).DATABASE_SSL, 'verify-ca');
  });

  for (const [parameters, more, name] of [
    ['ssl-mode=REQUIRED', { DATABASE_SSL: 'off' }, 'DATABASE_SSL'],
    ['ssl-mode=DISABLED', { DATABASE_SSL: 'required' }, 'DATABASE_SSL'],
    ['ssl-mode=VERIFY_IDENTITY', { DATABASE_SSL: 'required' }, 'DATABASE_SSL'],
    [`ssl-ca=${caFile}`, { DATABASE_SSL_CA: keyFile }, 'DATABASE_SSL_CA'],
  ] as const) {
    test(`parameters stop the start when a setting contradicts them: ${parameters.split('/')[0]} ${name}`, () => {
      assert.match(problemsOf(parameters, more), new RegExp(`^${name}: contradicts the parameters of DATABASE_URL`));
    });
  }

  for (const parameters of [
    ...['charset=utf8mb4', 'characterEncoding=UTF-8&useUnicode=true', 'timezone=Z', 'serverTimezone=UTC'],
    ...['timezone=%2B00:00', 'reconnect=true', 'allowPublicKeyRetrieval=true'],
  ]) {
    test(`parameters are accepted when they say how the gateway works: ${parameters}`, () => {
      assert.equal(configOf(parameters).DATABASE_SSL, 'off');
    });
  }

  for (const [parameters, words] of [
    ['connection_limit=5', /parameter "connection_limit" is not supported: set DATABASE_POOL_MAX instead/],
    ['connectTimeout=1000', /parameter "connectTimeout" is not supported/],
    ['charset=latin1', /parameter "charset" must be utf8mb4/],
    ['timezone=Europe/Berlin', /parameter "timezone" must be UTC/],
    ['sslcert=/a.pem', /parameter "sslcert" is not supported/],
    ['ssl-mode=secret-value', /parameter "ssl-mode" must be DISABLED, PREFERRED/],
    ['ssl=Amazon RDS', /parameter "ssl" must be DISABLED/],
    ['ssl={"key":"secret-value"}', /parameter "ssl" must be an object with rejectUnauthorized/],
    ['ssl={secret-value', /parameter "ssl" must be an object/],
    ['tls=custom', /parameter "tls" must be one of true, false, skip-verify, preferred/],
    ['multipleStatements=true&flags=x', /"multipleStatements" is unknown: remove it; parameter "flags" is unknown/],
    ['constructor=secret-value', /parameter "constructor" is unknown/],
    ['p%40ss%20secret-value=1', /parameter \(hidden\) is unknown/],
    ['ssl-mode=REQUIRED&ssl=false', /ask for encryption and for none/],
    ['ssl-mode=REQUIRED#x', /a # is written as %23/],
  ] as const) {
    test(`parameters are refused by name, without values: ${parameters}`, () => {
      assert.match(problemsOf(parameters), words);
      assert.match(problemsOf(parameters), /^DATABASE_URL: /);
    });
  }
});

describe('connections to a server with TLS', () => {
  const sandbox = createSandbox();
  let server: DatabaseServer;
  let own: TestDatabase;

  before(async () => {
    server = await startDatabaseServer({ more: [`--ssl-cert=${caFile}`, `--ssl-key=${keyFile}`] });
    own = await createTestDatabase(server.url);
  });
  after(async () => {
    await sandbox.remove();
    await own?.drop();
    await server?.stop();
  });

  const urlWith = (parameters: string, host = '127.0.0.1'): string =>
    `${(own.env.DATABASE_URL ?? '').replace('127.0.0.1', host)}?${parameters}`;

  /** The ciphers of the connections of every kind; empty texts without encryption. */
  async function ciphersOf(url: string): Promise<string[]> {
    const database = openDatabase(loadConfig({ ...own.env, DATABASE_URL: url }));
    const single = database.openSingle();
    try {
      const all = [database.knex, database.reserved.knex, single].map(async (knex) => {
        const [row] = database.rows<{ Value: string }>(await knex.raw("show session status like 'Ssl_cipher'"));
        return String(row?.Value);
      });
      return await Promise.all(all);
    } finally {
      await single.destroy();
      await database.close();
    }
  }

  for (const parameters of [
    ...['ssl-mode=REQUIRED', 'ssl={"rejectUnauthorized":false}', 'useSSL=true'],
    ...[`ssl-ca=${caFile}`, `ssl-mode=VERIFY_IDENTITY&ssl-ca=${caFile}`],
  ]) {
    test(`connections are encrypted with ${parameters.replaceAll(/\/.*\//g, '')}`, async () => {
      for (const cipher of await ciphersOf(urlWith(parameters))) assert.match(cipher, /AES|CHACHA/);
    });
  }

  test('connections are plain without a parameter and with ssl-mode=DISABLED', async () => {
    assert.deepEqual(await ciphersOf(urlWith('ssl-mode=DISABLED')), ['', '', '']);
    assert.deepEqual(await ciphersOf(urlWith('')), ['', '', '']);
  });

  test('connections are refused when the certificate or its name is not the expected one', async () => {
    const refused = { code: 'HANDSHAKE_SSL_ERROR' };
    await assert.rejects(ciphersOf(urlWith('ssl={"rejectUnauthorized":true}')), refused);
    await assert.rejects(ciphersOf(urlWith(`ssl-mode=VERIFY_IDENTITY&ssl-ca=${caFile}`, 'localhost')), refused);
    for (const cipher of await ciphersOf(urlWith(`ssl-ca=${caFile}`, 'localhost'))) assert.match(cipher, /AES|CHACHA/);
  });

  test('the command line reports a failed handshake and no secret', async () => {
    const env = { ...(own.env as Record<string, string>), DATABASE_URL: urlWith('ssl-mode=VERIFY_IDENTITY') };
    const { code, stderr } = await sandbox.run(['migrate'], env);
    assert.equal(code, 1);
    assert.match(stderr, /^The database 127\.0\.0\.1:\d+\/\w+ cannot be used \(HANDSHAKE_SSL_ERROR\)/m);
  });
});
