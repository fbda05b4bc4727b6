import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { lockServer } from '../../src/database/server-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookgate-lock-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('links to a database lead to one lock', async () => {
  mkdirSync(join(folder, 'data'));
  symlinkSync(join(folder, 'data'), join(folder, 'linked'));
  const file = join(folder, 'data', 'a.db');
  const throughFolder = join(folder, 'linked', 'a.db');
  const isRefused = (place: string) => assert.rejects(lockServer(place, 0), /Another server is running/);

  const first = await lockServer(file, 0);
  await isRefused(throughFolder);
  writeFileSync(file, '');
  const link = join(folder, 'link.db');
  symlinkSync(file, link);
  await isRefused(link);
  first();
  const second = await lockServer(link, 0);
  await isRefused(file);
  second();
});
