import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runCommandLine } from '../../src/cli/commands.ts';
import { createTestTargetsFile, type TestDatabase } from '../../src/testing/index.ts';
import { type AuthenticationGateway, startAuthentication } from '../plugins/authentication/authentication-gateway.ts';
import { onEveryEngine } from '../support/engines.ts';

onEveryEngine('scopes of keys', ({ createDatabase, testOnSqlite }) => {
  let database: TestDatabase;
  let running: AuthenticationGateway;
  const declared = {
    billing: { upstreams: ['http://127.0.0.1:9'], scopes: ['billing:read'] },
    open: { upstreams: ['http://127.0.0.1:9'], scopes: ['open:read'], public: true },
  };
  const targets = createTestTargetsFile(declared);

  before(async () => {
    database = await createDatabase();
    running = await startAuthentication({ database });
  });
  after(async () => {
    targets.remove();
    await running.gateway.close();
    await database.drop();
  });

  async function run(...args: string[]): Promise<{ printed: string; warned: string }> {
    const [printed, warned]: [string[], string[]] = [[], []];
    const code = await runCommandLine({
      args: ['keys', ...args],
      env: { TARGETS_FILE: targets.path, ...database.env },
      print: (text) => void printed.push(text),
      // The first line names the database.
      warn: (text) => void (text.startsWith('Database: ') || warned.push(text)),
      onSignal: () => assert.fail('a command is no server'),
    });
    assert.equal(code, 0);
    return { printed: printed.join('\n'), warned: warned.join('\n') };
  }
  const create = async (scope: string) => {
    const made = await run('create', '--org', 'myorg', '--email', 'joe@example.com', '--scope', scope, '--json');
    return { ...made, key: JSON.parse(made.printed) as { api_key: string; secret_key: string } };
  };

  testOnSqlite('a scope that no route asks for is a warning, and the key is created', async () => {
    const { warned } = await create('integration:read integration:wirte billing:read open:read');
    assert.match(warned, /no route asks for integration:wirte, open:read\. "keys scopes" lists/);
    assert.equal((await create('integration:read billing:read')).warned, '');
    targets.writeText('targets: [');
    const unread = await create('integration:read');
    assert.match(unread.warned, /^Warning: the scopes were not compared with the routes: /);
    targets.write(declared);
  });

  test('commas separate scopes as spaces do, for a new key and for changes', async () => {
    const { key, warned } = await create('integration:read,integration:write, billing:read  integration:read\n');
    assert.equal(warned, '');
    const held = async () => (await running.basic(key.api_key, key.secret_key)).body.scopes;
    assert.deepEqual(await held(), ['integration:read', 'integration:write', 'billing:read']);
    await run('grant', key.api_key, '--scope', 'a,b', '--remove', 'integration:read,billing:read');
    assert.deepEqual(await held(), ['integration:write', 'a', 'b']);
    await run('revoke', key.api_key);
  });

  test('keys grant adds and removes scopes; each kind of credentials follows as documented', async () => {
    const { key } = await create('integration:read');
    const scopesOf = (answer: { body: { scopes: string[] } }): string[] => answer.body.scopes.toSorted();
    const byBasic = async () => scopesOf(await running.basic(key.api_key, key.secret_key));
    const byToken = async (token: string) => scopesOf(await running.me({ token }));
    const { access_token: token, refresh_token: refresh } = (await running.signIn(key)).body;
    assert.deepEqual(await byToken(token), ['integration:read']);

    const granted = await run('grant', key.api_key, '--scope', 'integration:write billing:raed integration:read');
    assert.match(
      granted.printed,
      new RegExp(`^${key.api_key} has now: integration:read integration:write billing:raed$`, 'm'),
    );
    assert.match(granted.warned, /no route asks for billing:raed\./);
    const all = ['billing:raed', 'integration:read', 'integration:write'];
    assert.deepEqual(await byBasic(), all);
    assert.deepEqual(await byToken(token), ['integration:read']);
    const refreshed: string = (await running.refresh(refresh)).body.access_token;
    assert.deepEqual(await byToken(refreshed), all);

    const changed = await run(
      'grant',
      key.api_key,
      '--scope',
      'billing:read',
      '--remove',
      'billing:raed integration:read',
    );
    assert.match(changed.printed, /has now: integration:write billing:read$/m);
    assert.equal(changed.warned, '');
    assert.match((await run('list')).printed, new RegExp(`${key.api_key} .* integration:write billing:read `));
    assert.deepEqual(await byBasic(), ['billing:read', 'integration:write']);
    running.gateway.clock.advance(60_000);
    assert.deepEqual(await byToken(refreshed), ['integration:write']);
    assert.match(
      (await run('grant', key.api_key, '--remove', 'integration:write billing:read')).printed,
      /: no scope$/m,
    );
    assert.deepEqual(await byBasic(), []);
  });

  testOnSqlite('invalid grants say why and change nothing', async () => {
    const { key } = await create('integration:read');
    const refused = (...args: string[]) =>
      assert.rejects(run('grant', ...args), (error: Error) => expected.test(error.message));
    let expected = /Give exactly one API key/;
    await refused('--scope', 'a');
    await refused(key.api_key, 'more', '--scope', 'a');
    expected = /Give --scope, --remove or both/;
    await refused(key.api_key);
    expected = /--scope must be scopes separated by spaces/;
    await refused(key.api_key, '--scope', ' , ');
    expected = /--remove must be scopes/;
    await refused(key.api_key, '--remove', '"');
    expected = /No active API key hk_unknown/;
    await refused('hk_unknown', '--scope', 'a');
    expected = /does not have integration:raed/;
    await refused(key.api_key, '--scope', 'b', '--remove', 'integration:raed');
    expected = /10000 characters at most/;
    await refused(key.api_key, '--scope', 'x'.repeat(9_990));
    assert.match((await run('list')).printed, new RegExp(`${key.api_key}  joe@example.com  myorg  integration:read  `));
  });

  testOnSqlite('keys scopes lists the scopes of all routes, their targets and the keys that hold them', async () => {
    const { key } = await create('billing:read typo');
    const { key: revoked } = await create('billing:read');
    await run('revoke', revoked.api_key);
    const lines = (await run('scopes')).printed.split('\n');
    assert.match(
      lines.find((line) => line.startsWith('billing:read')) ?? '',
      new RegExp(`target billing  .*${key.api_key}`),
    );
    assert.match(
      lines.find((line) => line.startsWith('integration:write')) ?? '',
      /^integration:write {2}target integration {2}no key$/,
    );
    assert.ok(lines.includes(`typo  no route asks for it  ${key.api_key}`));
    assert.ok(!lines.some((line) => line.includes(revoked.api_key)));
    assert.deepEqual(
      lines.slice(0, 4).map((line) => line.split(' ')[0]),
      ['billing:read', 'gateway:admin', 'integration:read', 'integration:write'],
    );
  });
});
