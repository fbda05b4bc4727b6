import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runCommandLine } from '../../src/cli/commands.ts';
import { loadConfig } from '../../src/config.ts';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { StartError } from '../../src/errors.ts';
import type { TestDatabase } from '../../src/testing/index.ts';
import { onEveryEngine } from '../support/engines.ts';
import { createSandbox } from '../support/process.ts';

type Env = Readonly<Record<string, string | undefined>>;

async function run(args: string[], env: Env): Promise<{ code: number; printed: string; notes: string[] }> {
  const [lines, notes]: [string[], string[]] = [[], []];
  const print = (text: string): void => void lines.push(text);
  const note = (text: string): void => void notes.push(text);
  return {
    code: await runCommandLine({ args, env, print, warn: note, onSignal: () => {} }),
    printed: lines.join('\n'),
    notes,
  };
}

async function refusalOf(args: string[], env: Env): Promise<string> {
  const error = await run(args, env).then(
    () => assert.fail(`${args.join(' ')} was not refused`),
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof StartError, String(error));
  return error.message;
}

onEveryEngine('check', ({ createDatabase }) => {
  let own: TestDatabase;
  let env: Env;
  let database: Database;

  before(async () => {
    own = await createDatabase();
    env = { ...own.env, PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'error' };
    await run(['migrate', '--create'], env);
    await run(['keys', 'list'], env);
    database = openDatabase(loadConfig(env));
  });
  after(async () => {
    await database.close();
    await own.drop();
  });

  test('fails with another ENCRYPTION_KEY, in the words of the start', async () => {
    const other = { ...env, ENCRYPTION_KEY: randomBytes(32).toString('base64') };
    const sentence = await refusalOf(['start'], other);
    assert.match(sentence, /^ENCRYPTION_KEY is not the key that this database was encrypted with/);
    const { code, printed } = await run(['check'], other);
    assert.equal(code, 1);
    assert.ok(printed.includes(`encryption  failed: ${sentence}`), printed);
    assert.ok(!printed.includes('target '), 'it went on');
  });

  test('records nothing: neither a new key nor a signing key', async () => {
    const before = await database.knex('gateway_encryption_checks');
    const keys = `${randomBytes(32).toString('base64')},${env.ENCRYPTION_KEY}`;
    const { code, printed } = await run(['check'], { ...env, ENCRYPTION_KEY: keys });
    assert.equal(code, 0, printed);
    assert.match(printed, /^encryption {2}ok$/m);
    assert.deepEqual(await database.knex('gateway_encryption_checks'), before);
    assert.deepEqual(await database.knex('authentication_signing_keys'), []);
    assert.deepEqual(await database.knex('gateway_processes'), []);
  });

  test('fails where the start would not listen, and only notes a port in use', async () => {
    const foreign = { ...env, HOST: '192.0.2.1', PORT: '8080' };
    const listening = await run(['check'], foreign);
    assert.equal(listening.code, 1);
    assert.match(
      listening.printed,
      /ports +failed: The gateway cannot listen on \S+ \(EADDRNOTAVAIL\)\. Set another HOST or PORT\./,
    );
    const metrics = { ...env, METRICS_HOST: '192.0.2.1', METRICS_PORT: '9464' };
    assert.match(
      (await run(['check'], metrics)).printed,
      /ports +failed: Metrics cannot be served on 192\.0\.2\.1:9464/,
    );

    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const port = String((server.address() as { port: number }).port);
    try {
      const { code, printed } = await run(['check'], { ...env, PORT: port });
      assert.equal(code, 0, printed);
      assert.match(printed, new RegExp(`ports +PORT: 127\\.0\\.0\\.1:${port} is in use, by a running gateway`));
      const both = await run(['check'], { ...env, PORT: port, METRICS_PORT: port });
      assert.equal(both.code, 1);
      assert.match(both.printed, new RegExp(`PORT and METRICS_PORT are both ${port}`));
    } finally {
      server.close();
    }
  });

  test('fails where migrations cannot run, in the words of the start', async () => {
    await database.knex('dispatcher_migrations').insert({ name: '005_gone', batch: 1, migration_time: new Date() });
    const sentence = await refusalOf(['start'], env);
    assert.match(sentence, /005_gone has run, and its file is missing/);
    const { code, printed } = await run(['check'], env);
    assert.equal(code, 1);
    assert.ok(printed.includes(`migrations  failed: ${sentence}`), printed);
    await database.knex('dispatcher_migrations').where({ name: '005_gone' }).delete();
  });

  test('every command but start says on which database it works, beside its output', async () => {
    for (const args of [['migrate'], ['keys', 'list']]) {
      const { notes } = await run(args, env);
      assert.equal(notes.length, 1);
      assert.match(notes[0] ?? '', /^Database: \S*(test\.db|\/hookgate_test_\w+)/);
    }
  });
});

describe('a command without the environment of the service', () => {
  const sandbox = createSandbox();
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'hookgate-stray-'));
  });
  after(async () => {
    await sandbox.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test('creates neither database nor key, and names file, setting and remedy', async () => {
    const file = join(folder, 'data', 'hookgate.db');
    const env = { DATABASE_URL: `sqlite:${file}`, DATA_DIR: join(folder, 'data') };
    const keys = [
      ['keys', 'create', '--org', 'o', '--email', 'a@b.example', '--scope', 's'],
      ['keys', 'list'],
      ['keys', 'revoke', 'x'],
    ];
    for (const args of [...keys, ['migrate'], ['migrate', '--rollback', '--yes']]) {
      const sentence = await refusalOf(args, env);
      assert.ok(
        sentence.startsWith(
          `The database file ${file} does not exist (DATABASE_URL=sqlite:${file}, from the environment). `,
        ),
      );
      assert.match(sentence, /with the environment of the service\. The first start of the gateway creates the file/);
    }
    const { code, printed } = await run(['check'], { ...env, PORT: '0', METRICS_PORT: '0' });
    assert.equal(code, 1);
    assert.match(printed, /database +none yet: the first start creates /);
    assert.deepEqual(readdirSync(folder), []);
  });

  test('the process says whether the address is the default or from .env, and keeps JSON apart', async () => {
    const options = ['--org', 'o', '--email', 'a@b.example', '--scope', 'integration:read', '--json'];
    const bare = await sandbox.run(['keys', 'create', ...options]);
    assert.equal(bare.code, 1);
    assert.match(
      bare.stderr,
      /data\/hookgate\.db does not exist \(DATABASE_URL=sqlite:\.\/data\/hookgate\.db, from the default\)/,
    );
    assert.deepEqual(readdirSync(sandbox.folder), []);

    writeFileSync(join(sandbox.folder, '.env'), 'DATABASE_URL=sqlite:./own/own.db\nDATA_DIR=./own\n');
    const named = await sandbox.run(['keys', 'list']);
    assert.match(
      named.stderr,
      /own\/own\.db does not exist \(DATABASE_URL=sqlite:\.\/own\/own\.db, from \/.*\/\.env\)/,
    );
    assert.equal((await sandbox.run(['migrate', '--create'])).code, 0);
    const made = await sandbox.run(['keys', 'create', ...options]);
    assert.equal(made.code, 0, made.stderr);
    assert.deepEqual(Object.keys(JSON.parse(made.stdout)), ['api_key', 'secret_key']);
    assert.match(made.stderr, /^Database: \/.*\/own\/own\.db \(DATABASE_URL from \/.*\/\.env\)\n$/);
  });

  test('check changes no rights of files, and fails where the database cannot be written', async () => {
    const env = { DATABASE_URL: `sqlite:${join(folder, 'own.db')}`, DATA_DIR: folder, PORT: '0', METRICS_PORT: '0' };
    await run(['migrate', '--create'], env);
    chmodSync(join(folder, 'own.db'), 0o644);
    chmodSync(folder, 0o755);
    assert.equal((await run(['check'], env)).code, 0);
    assert.equal(statSync(join(folder, 'own.db')).mode & 0o777, 0o644);
    assert.equal(statSync(folder).mode & 0o777, 0o755);

    const place = { ...env, DATABASE_URL: 'sqlite:/dev/null/own.db' };
    const { code, printed } = await run(['check'], place);
    assert.equal(code, 1);
    assert.match(printed, /database +failed: \/dev\/null is not accessible \(\w+\)\. Grant the process access to it/);
  });
});
