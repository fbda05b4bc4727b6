import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { runCommandLine } from '../../src/cli/commands.ts';
import { answer, createReceiver, type Receiver } from '../../src/receiver/receiver.ts';
import type { ParsedJson } from '../../src/testing/parsed-json.ts';
import { eventually } from '../support/eventually.ts';
import { createSandbox, type Program } from '../support/process.ts';
import { spawnChild } from '../support/spawn-child.ts';

const nodes = '/api/v1/integration/distributors/nodes/e40efce4-38a3-46c4-a202-e8db95d0409c';
const mint = '/v1/mint/organizations/myorg';
const idOf = ({ headers }: { headers: Record<string, string> }): string => headers['webhook-id'] ?? '';

describe('a backup of SQLite', () => {
  const sandbox = createSandbox({
    DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
    DISPATCH_RETRY_INTERVAL_MS: '100',
    DISPATCH_MAX_RETRIES: '1000',
    LOG_LEVEL: 'warn',
  });
  const first = join(sandbox.folder, 'first');
  const second = join(sandbox.folder, 'second');
  const backup = join(sandbox.folder, 'backup.db');
  let receiver: Receiver;
  /** Paths at which the receiver accepts; it refuses all others for now. */
  const open = new Set(['/ok']);
  let gateway: Program;
  let url: string;
  let credentials: string;

  const settingsOf = (folder: string) => ({
    DATA_DIR: folder,
    DATABASE_URL: `sqlite:${join(folder, 'hookgate.db')}`,
    DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
  });
  async function command(folder: string, ...args: string[]): Promise<{ code: number; printed: string }> {
    const lines: string[] = [];
    const code = await runCommandLine({
      args,
      env: { LOG_LEVEL: 'error', ...settingsOf(folder) },
      print: (text) => void lines.push(text),
      onSignal: () => assert.fail('a command is no server'),
    });
    return { code, printed: lines.join('\n') };
  }
  async function startIn(folder: string): Promise<void> {
    gateway = sandbox.start([], settingsOf(folder));
    url = await gateway.ready();
  }
  async function call(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ParsedJson> {
    const response = await fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        Authorization: `Basic ${credentials}`,
        'X-Target-Server': 'integration',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }
  async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<ParsedJson> {
    const given = await call(path, body, headers);
    assert.ok(given.status < 300, `${path}: ${JSON.stringify(given)}`);
    return given.body;
  }
  const createDistributor = async (path: string): Promise<string> =>
    (await post(nodes, { meta: { host: receiver.url, path } })).id;
  const send = async (id: string, headers = {}): Promise<string> =>
    (await post(`/api/v1/integration/distributors/${id}/events`, { type: 'order.filled', data: {} }, headers))
      .deliveries[0].id;
  const statusOf = async (id: string): Promise<string | number> => {
    const { status, body } = await call(`/api/v1/integration/deliveries/${id}`);
    return status === 200 ? body.status : status;
  };
  const use = (batchSize: number) =>
    post(`${mint}/transactions`, {
      developer: { id: 'ann@example.com' },
      product: { id: 'tide' },
      application: { id: 'app' },
      batchSize,
    });
  /** The percentages of which the webhook was told, with the id of each call. */
  const told = () =>
    receiver.received.flatMap((request) =>
      request.path === '/usage'
        ? { percent: JSON.parse(request.body).quotaPercentUsed as number, id: idOf(request) }
        : [],
    );
  const createKey = async (): Promise<{ api_key: string; secret_key: string }> => {
    const options = ['--org', 'myorg', '--email', 'joe@example.com', '--scope', 'integration:read integration:write'];
    return JSON.parse((await command(first, 'keys', 'create', ...options, '--json')).printed);
  };

  before(async () => {
    receiver = await createReceiver(({ path }) => answer(open.has(path) ? 200 : 503));
  });
  after(async () => {
    await sandbox.remove();
    await receiver.close();
  });

  /** A webhook that is told of 50 % and of 90 % of the usage. */
  async function subscribe(): Promise<void> {
    const person = { firstName: 'Ann', lastName: 'Lee', userName: 'ann' };
    await post('/v1/organizations/myorg/developers', { email: 'ann@example.com', ...person });
    await post('/v1/organizations/myorg/apiproducts', { name: 'tide', displayName: 'Tide' });
    const texts = { displayName: 'Sea', description: 'Sea' };
    await post(`${mint}/monetization-packages`, { name: 'sea', product: [{ id: 'tide' }], ...texts });
    const detail = { type: 'USAGE_TARGET', meteringType: 'DEV_SPECIFIC', duration: 1, durationType: 'MONTH' };
    const ratePlanDetails = [{ ...detail, ratingParameter: 'VOLUME' }];
    const plan = { name: 'Gold', published: true, ratePlanDetails, ...texts };
    const { id } = await post(`${mint}/monetization-packages/sea/rate-plans`, plan);
    const startDate = new Date().toISOString().slice(0, 10);
    const subscription = { ratePlan: { id }, startDate, quotaTarget: 100 };
    await post(`${mint}/developers/ann@example.com/developer-rateplans`, subscription);
    const webhook = await post(`${mint}/webhooks`, { name: 'usage', postURL: `${receiver.url}/usage`, enabled: true });
    const parts = { RATEPLAN: id, UsageTarget: '%= 50 to 90 by 40' };
    await post(`${mint}/notification-conditions`, {
      notificationCondition: Object.entries(parts).map(([attribute, value]) => ({ attribute, value })),
      actions: [{ actionAttribute: 'WEBHOOK', value: webhook.id }],
    });
  }

  test('taken under load and restored on a second machine, it sends exactly what was pending in it', async () => {
    await startIn(first);
    open.add('/usage');
    const key = await createKey();
    credentials = Buffer.from(`${key.api_key}:${key.secret_key}`).toString('base64');
    const other = await createKey();
    await subscribe();
    const [ok, later, never] = [
      await createDistributor('/ok'),
      await createDistributor('/later'),
      await createDistributor('/never'),
    ];
    const secret = (await call(`/api/v1/integration/distributors/${ok}/secret`)).body.secret;
    const delivered = await send(ok);
    const [pending, hopeless] = [await send(later), await send(never)];
    await use(60);
    await eventually(async () => (await statusOf(delivered)) === 'delivered' && told().length === 1);
    const signIn = await post('/api/v1/integration/auth/authenticate', key, { 'X-Target-Server': 'authentication' });

    const loaded: string[] = [];
    let isDone = false;
    const load = Array.from({ length: 4 }, async () => {
      while (!isDone) loaded.push(await send(loaded.length % 2 === 0 ? ok : later));
    });
    await eventually(() => loaded.length > 20);
    const made = await command(first, 'backup', backup);
    assert.equal(made.code, 0, made.printed);
    assert.match(made.printed, /^.*backup\.db: [\d.]+ [KM]iB, verified, the state of \S+Z\n/);
    assert.match(made.printed, /key is not in it\. Keep \S+\/first\/encryption\.key in another place/);
    const atEnd = loaded.length;
    await eventually(() => loaded.length > atEnd + 20);
    isDone = true;
    await Promise.all(load);

    // After the backup: all but the hopeless one is delivered, usage passes 90 %, a key is revoked, tokens are refreshed.
    open.add('/later');
    const lost = await send(ok, { 'Idempotency-Key': 'after-the-backup' });
    await use(35);
    await eventually(async () => {
      const all = await Promise.all([...loaded, pending, lost].map(statusOf));
      return all.every((status) => status === 'delivered') && told().length === 2;
    });
    await command(first, 'keys', 'revoke', other.api_key);
    const refreshed = { refresh_token: signIn.refresh_token };
    const replaced = await post('/api/v1/integration/auth/refresh', refreshed, { 'X-Target-Server': 'authentication' });
    await post(`/api/v1/integration/distributors/${ok}/secret/rotate`, {});
    // In flight, it cannot be cancelled.
    await eventually(async () => (await call(`/api/v1/integration/deliveries/${hopeless}/cancel`, {})).status === 200);
    await gateway.end('SIGKILL');

    const rows = new DatabaseSync(backup, { readOnly: true });
    const queued = rows
      .prepare('SELECT delivery_id AS id FROM dispatcher_queue')
      .all()
      .map(({ id }) => String(id));
    const known = rows
      .prepare('SELECT id FROM dispatcher_deliveries')
      .all()
      .map(({ id }) => String(id));
    rows.close();
    assert.ok(queued.includes(pending) && queued.includes(hopeless) && !queued.includes(delivered));
    assert.ok(known.length > 24 && known.length < loaded.length, `${known.length} of ${loaded.length}`);

    // The second machine: another folder and port, the copy and the key.
    mkdirSync(second, { mode: 0o700 });
    copyFileSync(backup, join(second, 'hookgate.db'));
    await assert.rejects(command(second, 'check'), /its key .*encryption\.key does not/);
    copyFileSync(join(first, 'encryption.key'), join(second, 'encryption.key'));
    const checked = await command(second, 'check');
    assert.equal(checked.code, 0, checked.printed);
    const seen = receiver.received.length;
    await startIn(second);
    await eventually(async () => {
      const all = await Promise.all(queued.filter((id) => id !== hopeless).map(statusOf));
      return all.every((status) => status === 'delivered');
    });
    const again = new Set(receiver.received.slice(seen).map(idOf));
    assert.deepEqual([...again].toSorted(), queued.toSorted(), 'all that was pending in the backup, under its id');
    const twice = queued.filter((id) => receiver.received.slice(0, seen).some((request) => idOf(request) === id));
    assert.ok(twice.includes(pending) && twice.length > 1, 'a receiver that drops known ids takes no harm');

    // The second machine does not know events, keys and changes after the backup.
    assert.equal(await statusOf(delivered), 'delivered');
    assert.equal((await call(`/api/v1/integration/distributors/${ok}/secret`)).body.secret, secret);
    assert.equal(await statusOf(lost), 404);
    assert.ok(!again.has(lost));
    assert.notEqual(await send(ok, { 'Idempotency-Key': 'after-the-backup' }), lost);
    const bearer = { Authorization: `Bearer ${signIn.access_token}` };
    assert.equal((await call('/api/v1/integration/distributors', undefined, bearer)).status, 200);
    const unknown = { refresh_token: replaced.refresh_token };
    const toSignIn = { 'X-Target-Server': 'authentication' };
    assert.equal((await call('/api/v1/integration/auth/refresh', unknown, toSignIn)).status, 401);
    await post('/api/v1/integration/auth/refresh', refreshed, toSignIn);
    assert.match((await command(second, 'keys', 'list')).printed, new RegExp(`${other.api_key} .* active$`, 'm'));
    await use(35);
    await eventually(() => told().length === 3);
    assert.deepEqual(
      told().map(({ percent }) => percent),
      [50, 90, 90],
    );
    assert.equal(new Set(told().map(({ id }) => id)).size, 3, 'usage that is reported again is told under a new id');
  });

  test('a full disk and a kill in the middle leave nothing under the name', async () => {
    const big = join(sandbox.folder, 'big');
    mkdirSync(big);
    copyFileSync(join(second, 'encryption.key'), join(big, 'encryption.key'));
    const file = join(big, 'hookgate.db');
    const database = new DatabaseSync(file);
    database.exec('PRAGMA synchronous = OFF; CREATE TABLE bulk AS SELECT randomblob(12000000) AS bytes');
    database.close();
    const target = join(big, 'copies.db');
    const drafts = () => readdirSync(big).filter((name) => name.startsWith('copies.db'));

    const main = join(import.meta.dirname, '..', '..', 'bin', 'hookgate.mjs');
    const limited = spawnChild(
      'bash',
      ['-c', `ulimit -f 1000; exec '${process.execPath}' '${main}' backup '${target}'`],
      {
        cwd: big,
        env: { PATH: process.env.PATH ?? '', ...settingsOf(big) },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let said = '';
    limited.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const [code] = await once(limited, 'close');
    assert.equal(code, 1);
    assert.match(said, /copies\.db cannot be written \(SQLite error 778: disk I\/O error\)\. Nothing was kept\.\n$/);
    assert.deepEqual(drafts(), []);

    // A fast machine may be done before the kill.
    let killed = 0;
    for (let tries = 0; killed === 0 && tries < 5; tries += 1) {
      const run = sandbox.start(['backup', target, '--force'], settingsOf(big));
      await eventually(() => drafts().some((name) => name.endsWith('.partial')));
      const { signal } = await run.end('SIGKILL');
      if (signal !== 'SIGKILL') continue;
      killed += 1;
      assert.ok(!existsSync(target) || tries > 0);
      assert.ok(drafts().some((name) => name.endsWith('.partial')));
    }
    assert.equal(killed, 1);
    assert.equal((await command(big, 'backup', target, '--force')).code, 0);
    assert.deepEqual(drafts(), ['copies.db']);
    assert.equal(statSync(target).mode & 0o777, 0o600);
  });

  test('it replaces backups only, and nothing of the database', async () => {
    const place = join(sandbox.folder, 'here.db');
    const before = process.umask(0);
    try {
      assert.equal((await command(second, 'backup', place)).code, 0);
    } finally {
      process.umask(before);
    }
    assert.equal(statSync(place).mode & 0o777, 0o600);
    const refused = (expected: RegExp, ...args: string[]) =>
      assert.rejects(command(second, 'backup', ...args), expected);
    await refused(/here\.db exists\. Choose another file, or replace it with --force\./, place);
    await refused(/encryption\.key is no SQLite database/, join(second, 'encryption.key'), '--force');
    for (const end of ['', '-wal', '-shm', '.server'])
      await refused(/belongs to the running database/, join(second, `hookgate.db${end}`), '--force');
    symlinkSync(second, join(sandbox.folder, 'link'));
    await refused(/belongs to the running database/, join(sandbox.folder, 'link', 'hookgate.db'), '--force');
    await refused(/ is no file/, second, '--force');
    await refused(/The folder \S+nowhere does not exist/, join(sandbox.folder, 'nowhere', 'x.db'));
    await refused(/Give exactly one file/);
    await refused(/Give exactly one file/, 'a', 'b');
    assert.equal((await command(second, 'backup', place, '--force')).code, 0);

    // The gateway may open its database through a link.
    const linked = join(sandbox.folder, 'linked');
    mkdirSync(linked);
    symlinkSync(join(second, 'hookgate.db'), join(linked, 'hookgate.db'));
    await assert.rejects(command(linked, 'backup', join(linked, 'hookgate.db'), '--force'), /belongs to the running/);
    assert.ok(lstatSync(join(linked, 'hookgate.db')).isSymbolicLink());

    const nothing = join(sandbox.folder, 'nothing');
    await assert.rejects(
      command(nothing, 'backup', join(sandbox.folder, 'x.db')),
      /The database file .*nothing.* does not exist/,
    );
    assert.ok(!existsSync(nothing) && !existsSync(join(sandbox.folder, 'x.db')));
  });

  test('for a database on a server, it names the tool and not the password', async () => {
    const env = {
      DATABASE_URL: "mysql://us'er:hunter2@[::1]:3307/hook%20gate",
      ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    };
    const line = { args: ['backup', 'my copy.sql'], env, print: () => {}, onSignal: () => {} };
    await assert.rejects(runCommandLine(line), ({ message }: Error) => {
      assert.match(
        message,
        /^ {2}mariadb-dump --host=::1 --port=3307 '--user=us'\\''er' --password --single-transaction /m,
      );
      assert.match(message, / 'hook gate' > 'my copy\.sql'$/m);
      assert.ok(!message.includes('hunter2'));
      return true;
    });
  });
});
