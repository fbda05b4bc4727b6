import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { protectData } from '../../src/database/private-files.ts';
import { createTestGateway } from '../../src/testing/index.ts';
import { echo } from '../support/echo-plugin.ts';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('data files', () => {
  let root: string;
  let before: number;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hookgate-modes-'));
    before = process.umask(0);
  });
  afterEach(() => {
    process.umask(before);
    rmSync(root, { recursive: true });
  });

  const folder = (name: string, mode = 0o755): string => {
    mkdirSync(join(root, name), { recursive: true });
    chmodSync(join(root, name), mode);
    return join(root, name);
  };
  const file = (path: string, mode = 0o644): string => {
    writeFileSync(join(root, path), '');
    chmodSync(join(root, path), mode);
    return join(root, path);
  };

  test('a start makes data private that others could use before', async () => {
    const data = folder('data', 0o777);
    const elsewhere = folder('elsewhere', 0o755);
    const database = join(elsewhere, 'hookgate.db');
    const env = { DATA_DIR: data, DATABASE_URL: `sqlite:${database}`, ENCRYPTION_KEY: '' };
    await (await createTestGateway({ plugins: [echo], env })).close();
    const [key, lock] = [join(data, 'encryption.key'), `${database}.server`];
    for (const path of [database, key, lock]) assert.equal(modeOf(path), '600', path);
    for (const path of [data, elsewhere]) assert.equal(modeOf(path), '700', path);

    const loose = [database, key, lock, file('data/backup.db', 0o664), file('data/other', 0o755)];
    for (const path of loose) chmodSync(path, 0o666);
    for (const path of [data, elsewhere, folder('data/more', 0o777)]) chmodSync(path, 0o755);
    const gateway = await createTestGateway({ plugins: [echo], env });
    try {
      await gateway.request('/readyz');
      for (const path of [...loose, `${database}-wal`, `${database}-shm`]) assert.equal(modeOf(path), '600', path);
      for (const path of [data, elsewhere, join(data, 'more')]) assert.equal(modeOf(path), '700', path);
      assert.ok(!gateway.log.some((line) => line.includes('other users of this machine')));
    } finally {
      await gateway.close();
    }
  });

  test('leftovers of a crash are private as well', () => {
    const data = folder('data');
    const names = ['hookgate.db', 'hookgate.db-wal', 'hookgate.db-shm', 'hookgate.db-journal', 'hookgate.db.server'];
    const files = [...names, 'hookgate.db.server-journal', 'encryption.key', 'encryption.key.17'].map((name) =>
      file(`data/${name}`),
    );
    assert.deepEqual(protectData(data, join(data, 'hookgate.db')), []);
    for (const path of files) assert.equal(modeOf(path), '600', path);
    assert.equal(modeOf(data), '700');
  });

  test('files of others beside a database, and the targets of links, stay as they are', () => {
    const shared = folder('shared', 0o755);
    const [database, other] = [file('shared/a.db'), file('shared/a.db-notes.txt')];
    const outside = file('outside');
    symlinkSync(outside, join(folder('data'), 'link'));
    file('shared/index.html');
    assert.deepEqual(protectData(join(root, 'data'), database), []);
    assert.equal(modeOf(database), '600');
    for (const [path, mode] of [
      [shared, '755'],
      [other, '644'],
      [outside, '644'],
    ] as const)
      assert.equal(modeOf(path), mode, path);
    const sticky = folder('sticky', 0o1777);
    const inSticky = file('sticky/a.db');
    assert.deepEqual(protectData(sticky, inSticky), []);
    assert.deepEqual([modeOf(sticky), modeOf(inSticky)], ['777', '600']);
  });

  test('folders that do not exist are no problem', () => {
    assert.deepEqual(protectData(join(root, 'none'), join(root, 'none', 'a.db')), []);
    assert.deepEqual(protectData(join(root, 'none'), undefined), []);
  });
});
