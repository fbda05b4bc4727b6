import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { authentication } from '../../plugins/authentication/index.ts';
import { integration } from '../../plugins/integration/index.ts';
import { runCommandLine } from '../../src/cli/commands.ts';
import { type Database, type Knex, openDatabase } from '../../src/database/database.ts';
import { ensureTable } from '../../src/database/schema.ts';
import type { EncryptedTable } from '../../src/encryption/encrypted-table.ts';
import { createEncryption, type Encryption } from '../../src/encryption/encryption.ts';
import { countKeyUse } from '../../src/encryption/key-use.ts';
import { reencryptTable, type Unreadable } from '../../src/encryption/reencrypt.ts';
import { joinProcesses } from '../../src/running-processes.ts';
import { createTestGateway, type TestDatabase, type TestGateway } from '../../src/testing/index.ts';
import { onEveryEngine } from '../support/engines.ts';

const table = 'notes_secrets';
const notes: EncryptedTable = {
  table,
  key: 'id',
  organization: 'organization',
  columns: ['one', 'two'],
  fingerprints: [{ column: 'mark' }],
  context: ({ key, organization, column }) => [table, `${key}/${column}`, organization],
};
/** More than one window of the walk. */
const rows = 210;
const idOf = (number: number): string => `note-${String(number).padStart(4, '0')}`;

onEveryEngine('values encrypted again', ({ createDatabase, testOnServer }) => {
  const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
  const old = createEncryption([oldKey]);
  const both = createEncryption([newKey, oldKey]);
  const [newest = '', older = ''] = both.keyIds;
  let testDatabase: TestDatabase;
  let database: Database;

  const sealed = (encryption: Encryption, number: number, column: string, text = `${column} ${number}`): string =>
    encryption.encrypt(text, [table, `${idOf(number)}/${column}`, 'myorg']);
  const use = async () => {
    const uses = await countKeyUse(database, [notes], 0);
    return Object.fromEntries(uses.map(({ keyId, values, fingerprints }) => [keyId, [values, fingerprints]]));
  };
  const read = async (number: number): Promise<(string | null)[]> => {
    const row = await database
      .knex(table)
      .where({ id: idOf(number) })
      .first();
    const open = (column: string): string | null =>
      row[column] && createEncryption([newKey]).decrypt(row[column], [table, `${row.id}/${column}`, 'myorg']);
    return ['one', 'two'].map(open);
  };

  before(async () => {
    testDatabase = await createDatabase();
    const { DATABASE_URL = '' } = testDatabase.env;
    database = openDatabase({ DATABASE_URL, DATABASE_POOL_MAX: 4, DATABASE_SSL: 'off' });
    await ensureTable(database.knex, table, (created) => {
      created.string('id', 36).notNullable().primary();
      created.string('organization', 100).notNullable();
      created.text('one').notNullable();
      created.text('two').nullable();
      created.string('mark', 64).notNullable();
    });
  });
  after(async () => {
    await database.close();
    await testDatabase.drop();
  });

  /** Every second row has a second value. */
  async function fill(rows: number): Promise<void> {
    await database.knex(table).delete();
    const all = Array.from({ length: rows }, (_, number) => ({
      id: idOf(number),
      organization: 'myorg',
      one: sealed(old, number, 'one'),
      two: number % 2 === 0 ? sealed(old, number, 'two') : null,
      mark: old.fingerprint('body'),
    }));
    for (let at = 0; at < rows; at += 100) await database.knex(table).insert(all.slice(at, at + 100));
  }

  test('a run that was killed goes on where it stopped, and a value that no key opens stops no other', async () => {
    await fill(rows);
    const foreign = createEncryption([randomBytes(32)]);
    await database
      .knex(table)
      .where({ id: idOf(7) })
      .update({ one: sealed(foreign, 7, 'one') });
    await database
      .knex(table)
      .where({ id: idOf(8) })
      .update({ two: sealed(old, 9, 'two') });
    assert.deepEqual(await use(), { [older]: [314, rows], [foreign.keyIds[0] ?? '']: [1, 0] });

    let transactions = 0;
    const killed: Database = {
      ...database,
      transaction: async (work, options) => {
        transactions += 1;
        if (transactions > 5) throw new Error('killed');
        return database.transaction(work, options);
      },
    };
    const unreadable: Unreadable[] = [];
    const onUnreadable = (value: Unreadable): void => void unreadable.push(value);
    await assert.rejects(reencryptTable(notes, { database: killed, encryption: both, onUnreadable }), /killed/);
    // Five transactions of twenty rows.
    assert.equal((await use())[newest]?.[0], 148);

    unreadable.length = 0;
    const rest = await reencryptTable(notes, { database, encryption: both, onUnreadable });
    assert.equal(rest, 314 - 148 - 1);
    assert.deepEqual(unreadable, [
      { table, column: 'one', key: idOf(7) },
      { table, column: 'two', key: idOf(8) },
    ]);
    assert.deepEqual((await use())[newest], [313, 0]);
    assert.deepEqual((await use())[older], [1, rows], 'a fingerprint stays under its key');
    assert.deepEqual(await read(0), ['one 0', 'two 0']);
    assert.deepEqual(await read(209), ['one 209', null]);
  });

  testOnServer('a value that changes between read and write keeps the change', async () => {
    await fill(10);
    let interfered = 0;
    /** Before the first write to row 3, another connection changes it, still with the old key. */
    const busy: Database = {
      ...database,
      transaction: (work, options) => database.transaction((trx) => work(interfering(trx)), options),
    };
    const isOfRow3 = (value: string): boolean => {
      try {
        return both.decrypt(value, [table, `${idOf(3)}/one`, 'myorg']) === 'one 3';
      } catch {
        return false;
      }
    };
    const interfering = (trx: Knex.Transaction): Knex.Transaction =>
      new Proxy(trx, {
        apply(target, self, args: [string]) {
          const query = Reflect.apply(target, self, args) as Knex.QueryBuilder;
          const update = query.update.bind(query);
          return Object.assign(query, {
            update: async (values: Record<string, string>) => {
              if (interfered === 0 && isOfRow3(values.one ?? '')) {
                interfered += 1;
                const changed = { one: sealed(old, 3, 'one', 'changed') };
                await database
                  .knex(table)
                  .where({ id: idOf(3) })
                  .update(changed);
              }
              return update(values);
            },
          });
        },
      });
    await reencryptTable(notes, { database: busy, encryption: both, onUnreadable: ({ key }) => assert.fail(key) });
    assert.equal(interfered, 1);
    assert.deepEqual(await read(3), ['changed', null]);
    assert.deepEqual((await use())[older], [0, 10]);
  });
});

onEveryEngine('keys reencrypt', ({ createDatabase }) => {
  const newText = (): string => randomBytes(32).toString('base64');
  const [oldText, nextText] = [newText(), newText()];
  const idOfKey = (text: string): string => createEncryption([Buffer.from(text, 'base64')]).keyIds[0] ?? '';
  const [older, newest] = [idOfKey(oldText), idOfKey(nextText)];
  const base = '/api/v1/integration';
  const webhooks = '/v1/mint/organizations/test-org/webhooks';
  let database: TestDatabase;
  let gateway: TestGateway;
  let distributor: string;
  let webhook: string;

  const start = async (keys: string): Promise<TestGateway> =>
    createTestGateway({ plugins: [authentication, integration], database, env: { ENCRYPTION_KEY: keys } });
  const run = async (keys: string, ...args: string[]): Promise<{ code: number; printed: string }> => {
    const lines: string[] = [];
    const code = await runCommandLine({
      args: ['keys', 'reencrypt', ...args],
      env: { ...database.env, ENCRYPTION_KEY: keys },
      print: (text) => void lines.push(text),
      onSignal: () => assert.fail('a command is no server'),
    });
    return { code, printed: lines.join('\n') };
  };
  const call = async (path: string, body?: object, headers: Record<string, string> = {}) => {
    const token = await gateway.token({ scope: 'integration:read integration:write' });
    const method = body === undefined ? 'GET' : 'POST';
    const target = 'integration';
    const answer = await gateway.request(path, { target, token, method, headers, ...(body ? { body } : {}) });
    assert.ok(answer.status < 300, `${path}: ${answer.text}`);
    return answer;
  };
  const rotate = async (path: string): Promise<string> => (await call(`${path}/secret/rotate`, {})).body.secret;
  const secretOf = async (path: string): Promise<string> => (await call(`${path}/secret`)).body.secret;
  const repeated = () =>
    call(`${base}/distributors/nodes/e40efce4-38a3-46c4-a202-e8db95d0409c`, distributorBody, {
      'Idempotency-Key': 'once',
    });
  const distributorBody = {
    meta: { host: 'https://example.com', path: '/', authentication: { type: 1, username: 'u', password: 'pass' } },
  };
  const knex = (): Knex => gateway.app.foundation.database.knex;

  before(async () => {
    database = await createDatabase();
    gateway = await start(oldText);
    distributor = (await repeated()).body.id;
    webhook = (await call(webhooks, { name: 'hook', postURL: 'https://example.com/' })).body.id;
    await rotate(`${base}/distributors/${distributor}`);
    await rotate(`${webhooks}/${webhook}`);
  });
  after(async () => {
    await gateway.close();
    await database.drop();
  });

  test('refuses a key that no server uses yet, and changes nothing', async () => {
    await assert.rejects(run(`${nextText},${oldText}`), /No server has started with the first key of ENCRYPTION_KEY/);
    await assert.rejects(run(nextText), /ENCRYPTION_KEY is not the key/);
    const { code, printed } = await run(oldText, '--status');
    assert.equal(code, 0);
    assert.match(printed, new RegExp(`integration_distributors +key ${older}  3 values\\n`));
    assert.match(printed, new RegExp(`integration_webhooks +key ${older}  2 values\\n`));
    assert.match(printed, new RegExp(`gateway_idempotency_keys +key ${older}  1 value, 1 fingerprint\\n`));
    assert.match(printed, new RegExp(`authentication_signing_keys +key ${older}  1 value\\n`));
    await gateway.close();
    gateway = await start(`${oldText},${nextText}`);
    await assert.rejects(run(`${nextText},${oldText}`), /No server has started/);
  });

  test('refuses while a process encrypts with another key, or an earlier version runs whose keys are unknown', async () => {
    await gateway.close();
    gateway = await start(`${nextText},${oldText}`);
    const { database: running, log } = gateway.app.foundation;
    for (const keyIds of [[older, newest], [older], []]) {
      const leave = await joinProcesses(running, 'dispatcher', log.labelled('gateway'), keyIds);
      await assert.rejects(run(`${nextText},${oldText}`), (error: Error) => {
        assert.match(error.message, new RegExp(`first key in ENCRYPTION_KEY is not ${newest}\\. Restart them`));
        assert.match(error.message, new RegExp(`host \\S+, pid ${process.pid}, role dispatcher, version `));
        return true;
      });
      await leave();
    }
    assert.match((await run(oldText, '--status').catch((error) => error)).message, /ENCRYPTION_KEY is not the key/);
  });

  test('beside a server under load, every value has the new key in the end, and no request fails', async () => {
    const webhookSecret = await secretOf(`${webhooks}/${webhook}`);
    let last = '';
    let isDone = false;
    const load = (async () => {
      while (!isDone) {
        last = await rotate(`${base}/distributors/${distributor}`);
        assert.equal(await secretOf(`${base}/distributors/${distributor}`), last);
        assert.equal(await secretOf(`${webhooks}/${webhook}`), webhookSecret);
        assert.equal((await repeated()).body.id, distributor);
      }
    })();
    const { code, printed } = await run(`${nextText},${oldText}`).finally(() => {
      isDone = true;
    });
    await load;
    assert.equal(code, 0, printed);
    assert.equal(await secretOf(`${base}/distributors/${distributor}`), last);
    for (const name of ['integration_distributors', 'integration_webhooks', 'authentication_signing_keys'])
      assert.match(printed, new RegExp(`${name} +key ${older}  0 values\\n`));
    assert.match(printed, new RegExp(`gateway_idempotency_keys +key ${older}  0 values, 1 fingerprint\\n`));
    assert.match(printed, new RegExp(`key ${older}  needed for fingerprints until 20.*run "keys reencrypt" again`));
    assert.equal((await repeated()).headers.get('idempotent-replayed'), 'true');
  });

  test('a value that cannot be decrypted is named without its content, and gives exit code 1', async () => {
    const [row] = await knex()('integration_webhooks').select('secret');
    const foreign = createEncryption([randomBytes(32)]).encrypt('x', ['integration_webhooks', webhook, 'test-org']);
    await knex()('integration_webhooks').where({ id: webhook }).update({ secret: foreign });
    const { code, printed } = await run(`${nextText},${oldText}`);
    assert.equal(code, 1);
    assert.match(printed, new RegExp(`^unreadable  integration_webhooks.secret of ${webhook}$`, 'm'));
    assert.match(printed, /key [0-9a-f]{8} {2}not in ENCRYPTION_KEY: its values are unreadable/);
    assert.ok(!printed.includes(foreign.slice(9)));
    await knex()('integration_webhooks').where({ id: webhook }).update({ secret: row.secret });
  });

  test('with the last fingerprint expired, the old key is forgotten, and a start works without it', async () => {
    await knex()('gateway_idempotency_keys').update({ expires_at: 1 });
    const before = await run(`${nextText},${oldText}`, '--status');
    assert.match(
      before.printed,
      new RegExp(`key ${older}  no value is left: run "keys reencrypt" before you remove it`),
    );
    await assert.rejects(run(nextText, '--status'), /ENCRYPTION_KEY is not the key/);
    // The plugin of this table is not loaded: PLUGINS is missing in the shell of the operator.
    await ensureTable(knex(), table, (columns) => void columns.text('token').nullable());
    const token = createEncryption([Buffer.from(oldText, 'base64')]).encrypt('x', [table, '1', '']);
    await knex()(table).insert({ token });
    const unloaded = await run(`${nextText},${oldText}`);
    assert.match(unloaded.printed, new RegExp(`undeclared  ${table}.token  key ${older}`));
    assert.match(unloaded.printed, new RegExp(`key ${older}  needed by undeclared columns$`));
    await assert.rejects(run(nextText, '--status'), /ENCRYPTION_KEY is not the key/);
    await knex()(table).delete();

    // Its name begins with that of a plugin that is loaded.
    const similar = 'integration_notes_secrets';
    await ensureTable(knex(), 'integration_notes_migrations', (columns) => void columns.string('name'));
    await ensureTable(knex(), similar, (columns) => void columns.text('token'));
    await knex()(similar).insert({ token });
    assert.match(
      (await run(`${nextText},${oldText}`)).printed,
      new RegExp(`undeclared  ${similar}.token  key ${older}`),
    );
    await assert.rejects(run(nextText, '--status'), /ENCRYPTION_KEY is not the key/);
    await knex()(similar).delete();

    // Its plugin is loaded, and has forgotten to declare this column.
    await ensureTable(knex(), 'integration_more', (columns) => void columns.text('token'));
    await knex()('integration_more').insert({ token });
    assert.match((await run(`${nextText},${oldText}`)).printed, /undeclared {2}integration_more.token/);
    await knex()('integration_more').delete();

    const { code, printed } = await run(`${nextText},${oldText}`);
    assert.equal(code, 0);
    assert.match(
      printed,
      new RegExp(
        `key ${older}  not needed: no value has it\\. Remove it and restart, or put it first to change to it$`,
      ),
    );

    const secrets = () =>
      Promise.all([`${base}/distributors/${distributor}`, `${webhooks}/${webhook}`].map((path) => secretOf(path)));
    const known = await secrets();
    await gateway.close();
    gateway = await start(nextText);
    assert.deepEqual(await secrets(), known);
    assert.equal((await gateway.request('/.well-known/jwks.json')).body.keys.length, 1);
    assert.match((await run(nextText, '--status')).printed, new RegExp(`key ${newest}  the newest: encrypts$`));
    await assert.rejects(run(oldText, '--status'), /ENCRYPTION_KEY is not the key/);
  });
});
