import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createEncryption, type EncryptionContext } from '../../src/encryption/encryption.ts';
import { StartError } from '../../src/errors.ts';
import { createTestDatabase, type TestDatabase } from '../../src/testing/index.ts';
import { type AuthenticationGateway, startAuthentication } from '../plugins/authentication/authentication-gateway.ts';
import { onEveryEngine } from '../support/engines.ts';

const context: EncryptionContext = ['notes', '1', 'myorg'];

describe('encryption', () => {
  const key = randomBytes(32);
  const { encrypt, decrypt, fingerprint, matches } = createEncryption([key]);

  test('decrypt restores the text, and encrypt never returns the same ciphertext twice', () => {
    for (const text of ['secret', '', 'şifre 🔑', 'x'.repeat(10_000)]) {
      const sealed = encrypt(text, context);
      assert.equal(decrypt(sealed, context), text);
      assert.notEqual(encrypt(text, context), sealed);
      assert.match(sealed, /^[0-9a-f]{8}\.[\w-]+$/);
    }
  });

  test('decrypt rejects a value from another table, row or organization', () => {
    const sealed = encrypt('secret', context);
    for (const other of [
      ['users', '1', 'myorg'],
      ['notes', '2', 'myorg'],
      ['notes', '1', 'other'],
    ] as const) {
      assert.throws(() => decrypt(sealed, other));
    }
  });

  test('decrypt rejects a value that was changed or truncated at any byte', () => {
    const [id, encoded = ''] = encrypt('secret', context).split('.');
    const bytes = Buffer.from(encoded, 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.throws(() => decrypt(`${id}.${changed.toString('base64url')}`, context), `changed at ${at}`);
      const cut = bytes.subarray(0, at).toString('base64url');
      assert.throws(() => decrypt(`${id}.${cut}`, context), `cut off at ${at}`);
    }
  });

  test('the newest key encrypts, older keys decrypt, and an unknown key fails', () => {
    const newer = randomBytes(32);
    const rotated = createEncryption([newer, key]);
    const old = encrypt('secret', context);
    assert.equal(rotated.decrypt(old, context), 'secret');
    const sealed = rotated.encrypt('secret', context);
    assert.equal(createEncryption([newer]).decrypt(sealed, context), 'secret');
    assert.throws(() => decrypt(sealed, context), /no encryption key/);
    assert.deepEqual(rotated.keyIds.length, 2);
    assert.equal(rotated.matches(fingerprint('body'), 'body'), true);
  });

  test('fingerprints differ by text and by key', () => {
    const mark = fingerprint('body');
    assert.equal(fingerprint('body'), mark);
    assert.equal(matches(mark, 'body'), true);
    assert.equal(matches(mark, 'other'), false);
    assert.equal(matches(mark.slice(0, -4), 'body'), false);
    assert.notEqual(
      createEncryption([randomBytes(32)])
        .fingerprint('body')
        .split('.')[1],
      mark.split('.')[1],
    );
  });
});

onEveryEngine('ENCRYPTION_KEY', ({ createDatabase }) => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(() => database.drop());

  const newKey = (): string => randomBytes(32).toString('base64');
  async function started<T>(key: string, work: (authentication: AuthenticationGateway) => Promise<T>): Promise<T> {
    const authentication = await startAuthentication({ database, env: { ENCRYPTION_KEY: key } });
    try {
      return await work(authentication);
    } finally {
      await authentication.gateway.close();
    }
  }

  test('a key that the database was not encrypted with stops the start and changes nothing', async () => {
    const key = newKey();
    const apiKey = await started(key, ({ createKey }) => createKey());
    await assert.rejects(
      started(newKey(), async () => undefined),
      (error: Error) => error instanceof StartError && /ENCRYPTION_KEY is not the key/.test(error.message),
    );
    assert.equal(await started(key, async ({ signIn }) => (await signIn(apiKey)).status), 200);
  });

  test('a new key in front of the old one replaces it for new values', async () => {
    const [old, next] = [newKey(), newKey()];
    const { apiKey, token } = await started(old, async ({ createKey, signIn }) => {
      const created = await createKey();
      return { apiKey: created, token: (await signIn(created)).body.access_token };
    });
    await assert.rejects(
      started(next, async () => undefined),
      StartError,
    );
    // The signing key was encrypted with the old key and is still in use.
    const statuses = await started(`${next},${old}`, async ({ signIn, me }) => [
      (await signIn(apiKey)).status,
      (await me({ token })).status,
    ]);
    assert.deepEqual(statuses, [200, 200]);
    for (const key of [old, next, `${newKey()},${next}`]) {
      await assert.rejects(
        started(key, async () => undefined),
        StartError,
        'both keys have encrypted values by now, so both are required',
      );
    }
    assert.equal(await started(`${next},${old}`, async ({ signIn }) => (await signIn(apiKey)).status), 200);
  });
});

describe('without ENCRYPTION_KEY', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  const start = () => startAuthentication({ database, env: { ENCRYPTION_KEY: '' } });

  test('the first start on SQLite creates a key that only its user can read, and later starts keep it', async () => {
    const file = join(database.env.DATA_DIR ?? '', 'encryption.key');
    assert.equal(existsSync(file), false);
    const first = await start();
    const apiKey = await first.createKey();
    await first.gateway.close();
    const made = readFileSync(file, 'utf8');
    assert.equal(Buffer.from(made, 'base64').length, 32);
    assert.equal(statSync(file).mode & 0o777, 0o600);

    const second = await start();
    assert.equal((await second.signIn(apiKey)).status, 200);
    await second.gateway.close();
    assert.equal(readFileSync(file, 'utf8'), made);
  });

  test('a missing key of an existing database stops the start, and no new key is created', async () => {
    await (await start()).gateway.close();
    const file = join(database.env.DATA_DIR ?? '', 'encryption.key');
    rmSync(file);
    await assert.rejects(start(), (error: Error) => error instanceof StartError && error.message.includes(file));
    assert.equal(existsSync(file), false);
  });
});
