import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { runCommandLine } from '../../src/cli/commands.ts';
import type { TestDatabase } from '../../src/testing/index.ts';
import { onEveryEngine } from '../support/engines.ts';
import { newestMigration } from '../support/newest-migration.ts';
import { createSandbox } from '../support/process.ts';

const scope = 'integration:read integration:write';

onEveryEngine('command line', ({ name: engine, createDatabase }) => {
  let own: TestDatabase;
  beforeEach(async () => {
    own = await createDatabase();
    // Commands use a SQLite file, and do not create it.
    if (engine === 'sqlite') writeFileSync(own.env.DATABASE_URL?.slice('sqlite:'.length) ?? '', '');
  });
  afterEach(() => own.drop());

  async function run(args: string[], env: Record<string, string> = {}): Promise<{ code: number; printed: string }> {
    const lines: string[] = [];
    const code = await runCommandLine({
      args,
      env: { ...own.env, ...env },
      print: (text) => void lines.push(text),
      onSignal: () => assert.fail('a command is no server'),
    });
    return { code, printed: lines.join('\n') };
  }

  const createWith = (email: string, scopes: string, ...more: string[]) =>
    run(['keys', 'create', '--org', 'myorg', '--email', email, '--scope', scopes, ...more]);
  const create = (...more: string[]) => createWith('Joe@Example.com', scope, ...more);

  test('check reports missing migrations, and lists every route of every target after migrate', async () => {
    const before = await run(['check']);
    assert.equal(before.code, 1);
    assert.match(before.printed, /migrations +missing: gateway\/001_create_encryption_checks, /);

    assert.equal((await run(['migrate'])).code, 0);
    const { code, printed } = await run(['check']);
    assert.equal(code, 0, printed);
    assert.match(printed, new RegExp(`^node +${process.version.slice(1)} \\(${process.execPath}\\)\n`));
    assert.match(
      printed,
      new RegExp(`^settings +ok\ndatabase +ok \\(${engine}, .*\\)\nmigrations +ok\nencryption +ok\n`, 'm'),
    );
    for (const line of [
      /target +authentication\n/,
      /POST +\/api\/v1\/integration\/auth\/authenticate +public/,
      /GET +\/\.well-known\/jwks\.json +public/,
      /target +integration\n/,
      /POST +\/api\/v1\/integration\/distributors\/nodes\/\{node_id\} +integration:write/,
      /DELETE +\/api\/v1\/integration\/distributors\/\{id\} +integration:write/,
    ]) {
      assert.match(printed, line);
    }
  });

  test('check does not change the database', async () => {
    await run(['migrate']);
    await run(['check']);
    assert.equal((await run(['keys', 'list'])).printed, '');
  });

  test('check warns of unknown names that look like settings', async () => {
    await run(['migrate']);
    const { code, printed } = await run(['check'], {
      DATABASE_UR: 'x',
      TOKEN_ISSUER: 'me',
      LOG_LEVL: 'debug',
      EDITOR: 'ed',
    });
    assert.equal(code, 0);
    const warned = [...printed.matchAll(/unknown name (\w+)/g)].map(([, name]) => name);
    assert.deepEqual(warned.sort(), ['DATABASE_UR', 'LOG_LEVL']);
  });

  test('migrate lists the applied migrations, and --rollback reverts the newest one', async () => {
    const done = await run(['migrate']);
    assert.match(
      done.printed,
      /^Applied: gateway\/001_create_encryption_checks, .*integration\/001_create_distributors/,
    );
    assert.equal((await run(['migrate'])).printed, 'Nothing to do.');
    const undone = await run(['migrate', '--rollback', '--yes']);
    assert.ok(undone.printed.split('\n').includes(`Rolled back: ${newestMigration}`), undone.printed);
    assert.equal((await run(['migrate'])).printed, `Applied: ${newestMigration}`);
  });

  test('with MIGRATE_ON_START=false the start fails until migrate has run', async () => {
    const env = { MIGRATE_ON_START: 'false', PORT: '0' };
    const start = (onSignal: (stop: () => void) => void) =>
      runCommandLine({ args: ['start'], env: { ...own.env, ...env, LOG_LEVEL: 'error' }, print: () => {}, onSignal });
    await assert.rejects(
      start(() => {}),
      /Migrations are missing \(gateway\/001_create_encryption_checks, .*npm run -s hookgate -- migrate/,
    );
    await run(['migrate'], env);
    let stop = (): void => {};
    const running = runCommandLine({
      args: ['start'],
      env: { ...own.env, ...env, LOG_LEVEL: 'error' },
      print: (text) => void (/listens on/.test(text) && stop()),
      onSignal: (callback) => {
        stop = callback;
      },
    });
    assert.equal(await running, 0);
  });

  test('keys are created, listed without their secret, and revoked once', async () => {
    const json = await create('--json');
    assert.ok(!json.printed.includes('\n'));
    const key = JSON.parse(json.printed) as { api_key: string; secret_key: string };
    assert.match(key.api_key, /^hk_[0-9a-f]{24}$/);
    assert.equal(Buffer.from(key.secret_key, 'base64url').length, 32);
    const shown = await create('--org', 'other');
    assert.match(shown.printed, /cannot be shown again/);
    await create('--name', 'My app');

    const { printed } = await run(['keys', 'list']);
    assert.equal(printed.split('\n').length, 3);
    assert.match(printed, / {2}active {2}My app$/m);
    assert.ok(!printed.includes(key.secret_key));
    assert.match(printed, new RegExp(`${key.api_key}  joe@example.com  myorg  ${scope}  \\S+Z  active`));
    assert.match(printed, / {2}myorg,other {2}/);

    assert.equal((await run(['keys', 'revoke', key.api_key])).code, 0);
    assert.match((await run(['keys', 'list'])).printed, new RegExp(`${key.api_key} .*  revoked \\S+Z`));
    await assert.rejects(run(['keys', 'revoke', key.api_key]), /No active API key/);
    await assert.rejects(run(['keys', 'revoke', 'hk_nobody']), /No active API key hk_nobody/);
    await assert.rejects(run(['keys', 'revoke']), /Give exactly one API key/);
    await assert.rejects(run(['keys', 'revoke', 'one', 'two']), /Give exactly one API key/);
  });

  test('an organization has MAX_KEYS keys at most; a revoked one makes room', async () => {
    const make = (...orgs: string[]) =>
      run(
        [
          'keys',
          'create',
          ...orgs.flatMap((org) => ['--org', org]),
          '--email',
          'a@example.com',
          '--scope',
          'a',
          '--json',
        ],
        { MAX_KEYS: '2' },
      );
    const first = JSON.parse((await make('one')).printed);
    await make('one', 'two');
    await assert.rejects(make('two', 'one'), /limit of 2 API keys\. Revoke keys, or raise MAX_KEYS\./);
    await make('two');
    await run(['keys', 'revoke', first.api_key]);
    await make('one');
    await assert.rejects(make('one'), /MAX_KEYS/);
  });

  test('invalid options are reported and change nothing', async () => {
    await assert.rejects(
      run(['keys', 'create']),
      /--org is required[\s\S]*--email is required[\s\S]*--scope is required/,
    );
    await assert.rejects(create('--colour', 'red'), /--colour[\s\S]*Usage: hookgate keys create --org/);
    await assert.rejects(createWith('nobody', scope), /--email must be a valid email/);
    await assert.rejects(createWith(`${'İ'.repeat(64)}@${'İ'.repeat(63)}.example`, scope), /--email/);
    for (const scopes of ['', ' , ', 'a "b"', 'a\\b', 'ä', 'x'.repeat(10_001)])
      await assert.rejects(createWith('joe@example.com', scopes), /--scope/, scopes);
    await assert.rejects(create('--org', 'myorg'), /^StartError: --org myorg is given more than once$/);
    await assert.rejects(create('--org', '*'), /^StartError: --org '\*' stands for all organizations: give it without/);
    await assert.rejects(create('--org', ' '), /--org/);
    for (const name of ['', ' ', 'my\tapp', 'x'.repeat(191)])
      await assert.rejects(create('--name', name), /--name/, name);
    await assert.rejects(
      run(['migrate', '--sideways']),
      /--sideways[\s\S]*Usage: hookgate migrate \[--create \| --rollback \[--yes\]\]/,
    );
    await assert.rejects(run(['check', 'this']), /Unknown argument this/);
    await assert.rejects(run(['start', '--port', '80']), /--port/);
    assert.equal((await run(['keys', 'list'])).printed, '');
  });

  test('an unknown command prints the usage of all commands', async () => {
    for (const args of [
      ['frobnicate'],
      ['keys'],
      ['keys', 'frobnicate'],
      ['constructor'],
      ['plugin'],
      ['endpoints', '--json'],
      ['frobnicate', 'this'],
    ]) {
      await assert.rejects(run(args), (error: Error) => {
        const words = args.join(' ').replace(/ (?:--json|this)$/, '');
        const start = `Unknown command ${words}\nUsage: npm run -s hookgate -- <command>\n`;
        assert.ok(error.message.startsWith(start), error.message);
        for (const name of [
          'start',
          'migrate [--create | --rollback [--yes]]',
          'check',
          'keys create --org',
          'keys list',
          'keys revoke',
        ]) {
          assert.ok(error.message.includes(`\n  ${name}`), `${name} is not in:\n${error.message}`);
        }
        return true;
      });
    }
  });
});

describe('the process of a command', () => {
  const sandbox = createSandbox();
  afterEach(() => sandbox.remove());

  test('a failed command exits with 1 and prints a message without a stack', async () => {
    const unknown = await sandbox.run(['frobnicate']);
    assert.equal(unknown.code, 1);
    assert.equal(unknown.stdout, '');
    assert.match(unknown.stderr, /^Unknown command frobnicate\nUsage: npm run -s hookgate -- <command>\n/);
    assert.ok(!unknown.stderr.includes('    at '));
    assert.ok(!existsSync(`${sandbox.folder}/data`), 'an unknown command created a database');

    const away = await sandbox.run(['check'], {
      DATABASE_URL: 'mysql://root:hunter2@127.0.0.1:1/hookgate',
      ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    });
    assert.equal(away.code, 1);
    assert.match(
      away.stdout,
      /database +failed: The database 127\.0\.0\.1:1\/hookgate cannot be used \(ECONNREFUSED\)/,
    );
    assert.ok(!`${away.stdout}${away.stderr}`.includes('hunter2'));
  });
});
