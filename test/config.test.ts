import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { describe, test } from 'node:test';
import { readAuthenticationSettings } from '../plugins/authentication/settings.ts';
import { isLoopback, loadConfig } from '../src/config.ts';
import { loopbackAmong, withDemo } from '../src/demo.ts';
import { readAll, type SettingProblem, SettingsError } from '../src/settings.ts';

function problemsOf(work: () => unknown): readonly SettingProblem[] {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    return error.problems;
  }
  return [];
}

const namesOf = (env: Record<string, string>): string[] => problemsOf(() => loadConfig(env)).map(({ name }) => name);

describe('settings', () => {
  test('settings have defaults and are frozen', () => {
    const config = loadConfig({});
    assert.deepEqual(config, {
      HOST: '127.0.0.1',
      PORT: 8080,
      METRICS_HOST: '127.0.0.1',
      METRICS_PORT: 9464,
      ROLE: 'all',
      WORKERS: 1,
      READY_MAX_LAG_MS: 60_000,
      DATABASE_URL: 'sqlite:./data/hookgate.db',
      DATABASE_POOL_MAX: 20,
      DATABASE_SSL: 'off',
      DATA_DIR: './data',
      MIGRATE_ON_START: true,
      NODE_RUNTIME: 'newest',
      JWT_ALGORITHMS: ['RS256', 'ES256', 'PS256'],
      JWT_ORG_CLAIM: 'org',
      JWT_SCOPE_CLAIM: 'scope',
      JWT_LEEWAY_S: 5,
      TIME_ZONE: 'UTC',
      BODY_LIMIT: 1024 * 1024,
      KEEP_ALIVE_TIMEOUT_MS: 620_000,
      TRUSTED_PROXIES: [],
      CORS_ORIGINS: [],
      RATE_LIMIT_PER_MINUTE: 0,
      PLUGINS: [],
      PLUGINS_DIR: './plugins',
      DISPATCH_CONNECT_TIMEOUT_MS: 3000,
      DISPATCH_READ_TIMEOUT_MS: 3000,
      DISPATCH_MAX_RETRIES: 3,
      DISPATCH_RETRY_INTERVAL_MS: 300_000,
      DISPATCH_CONCURRENCY: 256,
      DISPATCH_ENDPOINT_CONCURRENCY: 8,
      DISPATCH_ORIGIN_CONCURRENCY: 64,
      DISPATCH_POLL_INTERVAL_MS: 500,
      DISPATCH_LEASE_MS: 20_000,
      DISPATCH_RETENTION_DAYS: 30,
      SHUTDOWN_DELAY_MS: 0,
      SHUTDOWN_TIMEOUT_MS: 15_000,
      LOG_LEVEL: 'info',
    });
    assert.deepEqual(readAuthenticationSettings({}), {
      TOKEN_ISSUER: 'hookgate',
      TOKEN_AUDIENCE: 'hookgate',
      MAX_KEYS: 1000,
    });
    assert.throws(() => Object.assign(config, { PORT: 1 }), TypeError);
  });

  test('settings are parsed to their types, and an empty value counts as unset', () => {
    const key = randomBytes(32);
    const older = randomBytes(32);
    const config = loadConfig({
      PORT: '0',
      HOST: '',
      MIGRATE_ON_START: 'false',
      BODY_LIMIT: '512kb',
      TRUSTED_PROXIES: '10.0.0.0/8, 2001:db8::/32,192.0.2.1',
      CORS_ORIGINS: 'https://app.example.com,http://localhost:3000',
      JWT_SCOPES_ALLOWED: 'integration:read, integration:write',
      ENCRYPTION_KEY: `${key.toString('base64')}, ${older.toString('base64')}`,
    });
    assert.equal(config.PORT, 0);
    assert.equal(config.HOST, '127.0.0.1');
    assert.equal(config.MIGRATE_ON_START, false);
    assert.equal(config.BODY_LIMIT, 512 * 1024);
    assert.deepEqual(config.TRUSTED_PROXIES, ['10.0.0.0/8', '2001:db8::/32', '192.0.2.1']);
    assert.deepEqual(config.CORS_ORIGINS, ['https://app.example.com', 'http://localhost:3000']);
    assert.deepEqual(config.JWT_SCOPES_ALLOWED, ['integration:read', 'integration:write']);
    assert.deepEqual(config.ENCRYPTION_KEY, [key, older]);
  });

  const wrong: Record<string, string[]> = {
    PORT: ['abc', '65536', '-1', '1.5'],
    DATABASE_URL: ['postgres://u:p@h/db', 'sqlite:', 'hookgate.db'],
    DATABASE_POOL_MAX: ['1', '1001'],
    DATABASE_SSL: ['on'],
    DATABASE_SSL_CA: ['/nowhere/ca.pem'],
    ENCRYPTION_KEY: ['short', randomBytes(31).toString('base64'), randomBytes(32).toString('hex')],
    MIGRATE_ON_START: ['maybe'],
    JWT_ALGORITHMS: ['HS256', 'none', 'RS256,', 'rs256'],
    DOCS: ['yes'],
    TIME_ZONE: ['Mars/Olympus'],
    BODY_LIMIT: ['0', '1.5mb', '-1', '1gb'],
    TRUSTED_PROXIES: ['10.0.0.0/33', 'proxy.example.com', '10.0.0.0/8/8', '::/129'],
    CORS_ORIGINS: ['*', 'null', 'https://app.example.com/', 'app.example.com'],
    RATE_LIMIT_PER_MINUTE: ['-1', '1.5', 'many'],
    REDIS_URL: [
      'localhost:6379',
      'http://redis.example.com',
      'redis://',
      'redis://h/name',
      'redis://h?db=1',
      'redis://:%zz@h',
    ],
    SHUTDOWN_TIMEOUT_MS: ['-1', 'soon', '99999999999'],
    METRICS_PORT: ['65536', 'off'],
    ROLE: ['worker', 'gateway', 'dispatcher'],
    READY_MAX_LAG_MS: ['99', 'soon'],
    WORKERS: ['0', '-1', '1.5', '257', 'many', '2 '],
    DISPATCH_CONNECT_TIMEOUT_MS: ['0', 'soon'],
    DISPATCH_MAX_RETRIES: ['-1', '1001', '1.5'],
    DISPATCH_POLL_INTERVAL_MS: ['9'],
    DISPATCH_LEASE_MS: ['11000', 'soon'],
    DISPATCH_ALLOWED_NETWORKS: ['10.0.0.0/33', 'intranet'],
    DISPATCH_RETENTION_DAYS: ['0'],
    LOG_LEVEL: ['loud'],
    LOG_FORMAT: ['xml'],
  };
  for (const [name, values] of Object.entries(wrong)) {
    test(`${name} is validated`, () => {
      for (const value of values) assert.deepEqual(namesOf({ [name]: value }), [name], value);
    });
  }

  test('one error lists all invalid settings with the expected values, without secrets', () => {
    const env = {
      PORT: 'abc',
      DATABASE_URL: 'mysql://root:topsecret@db.example.com',
      ENCRYPTION_KEY: 'topsecret',
      REDIS_URL: 'redis://:topsecret@redis.example.com/name',
      TIME_ZONE: 'Mars/Olympus',
      JWT_ISSUER: 'https://issuer.example.com',
      TLS_CERT_FILE: 'tls.crt',
    };
    const problems = problemsOf(() => loadConfig(env));
    assert.deepEqual(problems.map(({ name }) => name).toSorted(), [
      'DATABASE_URL',
      'ENCRYPTION_KEY',
      'JWT_AUDIENCE',
      'JWT_JWKS_URI',
      'PORT',
      'REDIS_URL',
      'TIME_ZONE',
      'TLS_KEY_FILE',
    ]);
    const { message } = new SettingsError(problems);
    assert.ok(!message.includes('topsecret'), message);
    assert.match(message, /DATABASE_URL=\(hidden\): must be sqlite:<file> or mysql:/);
    assert.match(message, /TIME_ZONE=Mars\/Olympus: must be an IANA time zone/);
  });

  test('problems of several readers are reported together, and other errors pass through', () => {
    const readers = [() => loadConfig({ PORT: 'abc' }), () => loadConfig({ DOCS: 'yes' })];
    const problems = problemsOf(() => readAll(readers));
    assert.deepEqual(
      problems.map(({ name }) => name),
      ['PORT', 'DOCS'],
    );
    const broken = (): never => {
      throw new TypeError('a bug');
    };
    assert.throws(() => readAll([broken]), TypeError);
  });

  test('the settings of an outside issuer are required together', () => {
    const all = {
      JWT_ISSUER: 'https://issuer.example.com',
      JWT_AUDIENCE: 'gateway',
      JWT_JWKS_URI: 'https://issuer.example.com/jwks',
    };
    assert.deepEqual(namesOf(all), []);
    for (const left of Object.keys(all)) {
      const env = Object.fromEntries(Object.entries(all).filter(([name]) => name !== left));
      assert.deepEqual(namesOf(env), [left], `without ${left}`);
    }
    for (const JWT_JWKS_URI of ['file:///etc/passwd', 'nonsense', 'https://a:99999', 'https://u:p@host'])
      assert.deepEqual(namesOf({ ...all, JWT_JWKS_URI }), ['JWT_JWKS_URI']);
  });

  test('roles other than all require a database server', () => {
    const ENCRYPTION_KEY = randomBytes(32).toString('base64');
    for (const ROLE of ['gateway', 'dispatcher'] as const) {
      const config = loadConfig({ ROLE, DATABASE_URL: 'mysql://root@127.0.0.1/hookgate', ENCRYPTION_KEY });
      assert.equal(config.ROLE, ROLE);
      const [problem] = problemsOf(() => loadConfig({ ROLE, DATABASE_URL: 'sqlite:./a.db' }));
      assert.match(problem?.expected ?? '', /must be all on SQLite.* DATABASE_URL with mysql:/);
    }
    assert.deepEqual(namesOf({ ROLE: 'gateway', DATABASE_URL: 'postgres://u:p@h/db' }), ['DATABASE_URL']);
  });

  test('WORKERS takes a number or auto, and is always 1 on SQLite', () => {
    const server = {
      DATABASE_URL: 'mysql://root@127.0.0.1/hookgate',
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    };
    const workersOf = (env: Record<string, string>): number => loadConfig(env).WORKERS;
    assert.equal(workersOf(server), 1);
    assert.equal(workersOf({ ...server, WORKERS: '3' }), 3);
    assert.equal(workersOf({ ...server, WORKERS: 'auto' }), availableParallelism());
    for (const WORKERS of ['1', '3', 'auto']) {
      assert.equal(workersOf({ WORKERS }), 1);
      assert.equal(workersOf({ WORKERS, DATABASE_URL: 'sqlite:./a.db' }), 1);
    }
  });

  test('a database server requires ENCRYPTION_KEY', () => {
    const env = { DATABASE_URL: 'mysql://root@127.0.0.1:3306/hookgate' };
    assert.deepEqual(namesOf(env), ['ENCRYPTION_KEY']);
    assert.throws(
      () => loadConfig(env),
      /ENCRYPTION_KEY=.* 32 bytes in base64, as "openssl rand -base64 32" prints them/,
    );
    const ENCRYPTION_KEY = randomBytes(32).toString('base64');
    assert.deepEqual(namesOf({ ...env, ENCRYPTION_KEY }), []);
    assert.deepEqual(namesOf({ DATABASE_URL: 'mysql://root@127.0.0.1', ENCRYPTION_KEY }), ['DATABASE_URL']);
  });
});

describe('a demo', () => {
  const server = {
    DATABASE_URL: 'mysql://root@127.0.0.1/hookgate',
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  };
  const demoOf = (env: Record<string, string>, isTerminal = true) => {
    const { DEMO, DOCS, DISPATCH_ALLOWED_NETWORKS } = withDemo(loadConfig(env), isTerminal);
    return [DEMO, DOCS, DISPATCH_ALLOWED_NETWORKS];
  };
  const on = [true, 'public', ['127.0.0.0/8', '::1/128']];
  const off = [false, 'authenticated', []];

  test('a gateway is a demo on a terminal, on SQLite, with a loopback HOST and without proxies', () => {
    assert.deepEqual(demoOf({}), on);
    assert.deepEqual(demoOf({}, false), off);
    for (const env of [server, { HOST: '0.0.0.0' }, { TRUSTED_PROXIES: '127.0.0.1' }, { DEMO: 'false' }])
      assert.deepEqual(demoOf(env), off, JSON.stringify(env));
  });

  test('DEMO=true makes a demo on every HOST and database', () => {
    for (const env of [{}, server, { HOST: '0.0.0.0' }])
      assert.deepEqual(demoOf({ ...env, DEMO: 'true' }, false), on, JSON.stringify(env));
  });

  test('a demo changes only defaults: DOCS and DISPATCH_ALLOWED_NETWORKS win', () => {
    const env = { DOCS: 'off', DISPATCH_ALLOWED_NETWORKS: '10.0.0.0/8' };
    assert.deepEqual(demoOf(env), [true, 'off', ['10.0.0.0/8']]);
    assert.deepEqual(demoOf(env, false), [false, 'off', ['10.0.0.0/8']]);
  });

  test('a demo is never behind a proxy: DEMO=true and TRUSTED_PROXIES stop the start', () => {
    const [problem, ...others] = problemsOf(() => loadConfig({ DEMO: 'true', TRUSTED_PROXIES: '10.0.0.0/8' }));
    assert.deepEqual([problem?.name, problem?.value, others], ['DEMO', 'true', []]);
    assert.match(problem?.expected ?? '', /TRUSTED_PROXIES/);
    assert.deepEqual(namesOf({ DEMO: 'false', TRUSTED_PROXIES: '10.0.0.0/8' }), []);
    assert.deepEqual(namesOf({ DEMO: 'perhaps' }), ['DEMO']);
  });

  test('networks that contain loopback addresses are recognized', () => {
    const open = ['127.0.0.0/8', '127.0.0.53', '0.0.0.0/0', '::1/128', '::/0', '126.0.0.0/7'];
    const closed = ['10.0.0.0/8', '128.0.0.0/8', 'fd00::/8', '::2'];
    assert.deepEqual(loopbackAmong([...open, ...closed]), open);
  });
});

test('loopback hosts are recognized', () => {
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) assert.equal(isLoopback(host), true, host);
  for (const host of ['0.0.0.0', '::', '192.168.1.1', '127.0.0.1.example.com', '']) {
    assert.equal(isLoopback(host), false, host);
  }
});
