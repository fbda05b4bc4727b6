import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import Joi from 'joi';
import { runCommandLine } from '../../src/cli/commands.ts';
import { knexStatus } from '../../src/cli/knex-status.ts';
import { readSettings } from '../../src/settings.ts';

/** Each part of the password between two special characters is a secret as well. */
const parts = ['s3cr', 'pa55', 'w0rd', '4711'];
/** Port 1 of the loopback address refuses connections. */
const host = '127.0.0.1:1';

const databases = [
  `mysql://us3r:s3cr@pa55/w0rd@${host}/db`,
  `mysql://us3r:s3cr/pa55@${host}/db`,
  `mysql://us3r:4711/pa55@${host}/db`,
  `mysql://us3r:s3cr?pa55=w0rd@${host}/db`,
  `mysql://us3r:s3cr@pa55/db?w0rd=4711@${host}/db`,
  `mysql://us3r:s3cr@pa55/db?w0rd@${host}/db`,
  `mysql://us3r:s3cr#pa55@${host}/db`,
  `mysql://us3r:s3cr@pa55/db#w0rd@${host}/db`,
  `mysql://us3r:s3cr%zzpa55@${host}/db`,
  `mysql://us3r:s3cr%ffpa55@${host}/db`,
  `mysql://us3r:s3cr pa55@${host}/db`,
  `mysql://us3r:s3cr@pa55@${host}/db`,
  `mysql://us3r:s3cr:pa55@${host}/db`,
  `mysql://us3r:s3cr[pa55]@${host}/db`,
  `mysql://us3r:s3cr\\pa55@${host}/db`,
  `mysql://us3r:s3cr@${host},pa55:w0rd@127.0.0.1:2/db`,
  `mysql://us3r:s3cr@${host}`,
  'mysql://us3r%3As3cr/db',
  `postgres://us3r:s3cr@${host}/db`,
  `//us3r:s3cr@${host}/db`,
  `us3r:s3cr@${host}/db`,
  `MYSQL://us3r:s3cr@${host}/db`,
  `sqlite:mysql://us3r:s3cr@${host}/db`,
];

const others = {
  REDIS_URL: [
    'redis://us3r:s3cr/pa55@host',
    'redis://us3r:s3cr@pa55/w0rd@host:1/0',
    'redis://u:s3cr%ff@host',
    'u:s3cr@host',
  ],
  JWT_JWKS_URI: ['https://us3r:s3cr@host/keys', 'https://us3r:s3cr pa55@host/keys', 'us3r:s3cr@host'],
  CORS_ORIGINS: ['https://us3r:s3cr@host'],
  TRUSTED_PROXIES: ['http://us3r:s3cr@host'],
  PORT: [`mysql://us3r:s3cr@${host}/db`],
  MAX_KEYS: [`mysql://us3r:s3cr@${host}/db`],
};

describe('a password in an address', () => {
  let folder: string;
  let env: Record<string, string>;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'hookgate-secrets-'));
    const key = Buffer.alloc(32, 1).toString('base64');
    env = { DATA_DIR: folder, ENCRYPTION_KEY: key, METRICS_PORT: '0', PORT: '0', LOG_LEVEL: 'error' };
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Everything that a command shows. */
  async function shown(args: string[], more: Record<string, string>): Promise<string> {
    const lines: string[] = [];
    const print = (text: string): void => void lines.push(text);
    const onSignal = (): void => undefined;
    await runCommandLine({ args, env: { ...env, ...more }, print, warn: print, onSignal }).catch((error: Error) =>
      lines.push(`${error.message}\n${error.stack}`),
    );
    return lines.join('\n');
  }

  function assertHidden(text: string, about: string): void {
    assert.notEqual(text, '', about);
    for (const part of parts) assert.ok(!text.includes(part), `${about} shows ${part}:\n${text}`);
  }

  test('check never shows a part of it, however it is escaped', async () => {
    for (const DATABASE_URL of databases) assertHidden(await shown(['check'], { DATABASE_URL }), DATABASE_URL);
    const DATABASE_URL = `sqlite:${join(folder, 'none.db')}`;
    for (const [name, values] of Object.entries(others)) {
      const rest = name === 'JWT_JWKS_URI' ? { JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' } : {};
      for (const value of values) assertHidden(await shown(['check'], { DATABASE_URL, ...rest, [name]: value }), value);
    }
  });

  test('nor does any other command, or that of Knex', async () => {
    const some = [...databases.slice(0, 3), ...databases.filter((url) => url.includes('s3cr@pa55@'))];
    assert.equal(some.length, 4);
    for (const DATABASE_URL of some) {
      for (const args of [['start'], ['keys', 'list'], ['migrate', '--rollback', '--yes']])
        assertHidden(await shown(args, { DATABASE_URL }), `${args.join(' ')} ${DATABASE_URL}`);
      const notes: string[] = [];
      await assert.rejects(
        knexStatus({ ...env, DATABASE_URL }, (text) => notes.push(text)),
        (error: Error) => {
          assertHidden(`${error.message}${error.stack}${notes.join()}`, DATABASE_URL);
          return true;
        },
      );
    }
  });

  test('the message names the setting and the right way to write it', async () => {
    const text = await shown(['check'], { DATABASE_URL: databases[0] ?? '' });
    assert.match(text, /DATABASE_URL=\(hidden\): must be .*percent-encoded \(%40 for @\)/);
    const keys = await shown(['check'], { JWT_JWKS_URI: 'https://u:s3cr@h/k', JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' });
    assert.match(keys, /JWT_JWKS_URI=\(hidden\): must be an address without user and password/);
  });

  test('a password whose special characters are escaped, or that is only an @ too many, is used and not shown', async () => {
    for (const password of ['s3cr%40pa55%2Fw0rd', 's3cr@pa55']) {
      const text = await shown(['check'], { DATABASE_URL: `mysql://us3r:${password}@${host}/db` });
      assert.match(text, /database +failed: The database 127\.0\.0\.1:1\/db cannot be used \(ECONNREFUSED\)/);
      assertHidden(text, password);
    }
  });

  test('a targets file with an address as a key, and a secret setting of a plugin, are not quoted', async () => {
    const TARGETS_FILE = join(folder, 'targets.yaml');
    writeFileSync(
      TARGETS_FILE,
      "targets: { billing: { upstreams: ['http://u:s3cr@h'], 'http://u:s3cr pa55@h': 1 } }\n",
    );
    const text = await shown(['check'], { DATABASE_URL: `sqlite:${join(folder, 'none.db')}`, TARGETS_FILE });
    assert.match(text, /upstreams\[0\] must be an origin/);
    assertHidden(text, 'the targets file');

    const schema = Joi.object({ OWN_SECRET: Joi.string().pattern(/^x/).meta({ secret: true }) });
    assert.throws(
      () => readSettings({ OWN_SECRET: 's3cr' }, schema),
      (error: Error) => {
        assertHidden(error.message, 'the plugin');
        return true;
      },
    );
  });
});
