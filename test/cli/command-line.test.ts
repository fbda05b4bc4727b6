import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runCommandLine } from '../../src/cli/commands.ts';
import { StartError } from '../../src/errors.ts';
import { SettingsError } from '../../src/settings.ts';
import { createTestDatabase, type TestDatabase } from '../../src/testing/database.ts';
import { onEveryEngine } from '../support/engines.ts';
import { newestMigration } from '../support/newest-migration.ts';

async function run(args: string[], env: TestDatabase['env']): Promise<{ code: number; printed: string[] }> {
  const printed: string[] = [];
  const print = (text: string): void => void printed.push(text);
  return { code: await runCommandLine({ args, env, print, onSignal: () => {} }), printed };
}

onEveryEngine('the command line', ({ createDatabase }) => {
  let database: TestDatabase;

  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  test('check reports missing migrations, and lists every route after migrate', async () => {
    const early = await run(['check'], database.env);
    assert.equal(early.code, 1);
    assert.match(early.printed.join('\n'), /^(migrations {2}missing: gateway\/001_|database {4}none yet: )/m);
    assert.match(early.printed.join('\n'), /^targets {5}not checked/m);

    assert.match((await run(['migrate', '--create'], database.env)).printed.join(), /^Applied: gateway\/001_/);
    assert.deepEqual(await run(['migrate'], database.env), { code: 0, printed: ['Nothing to do.'] });

    const ready = await run(['check'], database.env);
    assert.equal(ready.code, 0);
    assert.match(
      ready.printed.join('\n'),
      /^target {6}integration\n(?: {2}.+\n)* {2}DELETE \/api\/v1\/integration\/distributors\/\{id\} {2}integration:write$/m,
    );

    const undone = await run(['migrate', '--rollback', '--yes'], database.env);
    assert.equal(undone.printed.at(-1), `Rolled back: ${newestMigration}`);
    const late = await run(['check'], database.env);
    assert.equal(late.code, 1);
    assert.ok(
      late.printed.join('\n').split('\n').includes(`migrations  missing: ${newestMigration}`),
      late.printed.join('\n'),
    );
  });
});

test('a start on a terminal is a demo', async () => {
  const database = await createTestDatabase();
  const printed: string[] = [];
  let stop = (): void => {};
  try {
    const env = { ...database.env, PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'error' };
    const print = (text: string): void => {
      printed.push(text);
      if (text.includes('npm run demo')) stop();
    };
    const onSignal = (callback: () => void): void => {
      stop = callback;
    };
    assert.equal(await runCommandLine({ args: ['start'], env, isTerminal: true, print, onSignal }), 0);
    assert.match(
      printed.join('\n'),
      /Callbacks may reach services on this machine[\s\S]*"secret_key"[\s\S]*\n {2}npm run demo\n/,
    );
  } finally {
    await database.drop();
  }
});

test('a signal during the start ends it with exit code 0', async () => {
  const database = await createTestDatabase();
  try {
    const env = { ...database.env, PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'error' };
    // Node passes the name of the signal to its listeners.
    const onSignal = (stop: (signal?: string) => void): void => stop('SIGTERM');
    assert.equal(await runCommandLine({ args: ['start'], env, print: () => undefined, onSignal }), 0);
  } finally {
    await database.drop();
  }
});

test('an unknown command, option or argument is answered with the usage', async () => {
  const database = await createTestDatabase();
  try {
    for (const args of [
      ['frobnicate'],
      ['migrate', '--forward'],
      ['check', 'everything'],
      ['keys', 'create', '--nick=x'],
      [
        'keys',
        'create',
        '--org=acme',
        '--email=a@example.com',
        '--scope=integration:read',
        '--scope=integration:write',
      ],
    ]) {
      const usage = (error: unknown) => error instanceof StartError && /^Usage: .*hookgate/m.test(error.message);
      await assert.rejects(run(args, database.env), usage, args.join(' '));
    }
  } finally {
    await database.drop();
  }
});

test('check names the missing settings of an incomplete group', async () => {
  const env = { JWT_ISSUER: 'https://issuer.example', PORT: 'http' };
  await assert.rejects(run(['check'], env), (error: unknown) => {
    assert.ok(error instanceof SettingsError);
    assert.deepEqual(
      error.problems.map(({ name }) => name),
      ['PORT', 'JWT_AUDIENCE', 'JWT_JWKS_URI'],
    );
    return true;
  });
});
