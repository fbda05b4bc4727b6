import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { eventually } from '../../support/eventually.ts';

let folder: string;
let path: string;
let gateway: TestGateway | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookgate-follow-'));
  path = join(folder, 'targets.yaml');
});
afterEach(async () => {
  await gateway?.close();
  rmSync(folder, { recursive: true });
});

const declaring = (...names: string[]): string =>
  JSON.stringify({ targets: Object.fromEntries(names.map((name) => [name, { upstreams: ['http://127.0.0.1:9'] }])) });
const start = async (): Promise<void> => {
  gateway = await createTestGateway({ plugins: [], env: { TARGETS_FILE: path } });
};
const has = (name: string): boolean => gateway?.app.registry.byName(name) !== undefined;

test('the file is read again when it is rewritten or replaced', async () => {
  writeFileSync(path, declaring('first'));
  await start();
  writeFileSync(path, declaring('written'));
  await eventually(() => has('written') && !has('first'));
  writeFileSync(`${path}.new`, declaring('renamed'));
  renameSync(`${path}.new`, path);
  await eventually(() => has('renamed'));
  writeFileSync(path, declaring('again'));
  await eventually(() => has('again'));
});

test('a missing file leaves the targets unchanged, for a moment or for good', async () => {
  writeFileSync(path, declaring('first'));
  await start();
  renameSync(path, `${path}~`);
  await eventually(() => gateway?.log.some((line) => /targets file refused.*ENOENT/.test(line)) ?? false);
  assert.ok(has('first'));
  writeFileSync(path, declaring('back'));
  await eventually(() => has('back'));
});

test('a swapped symbolic link beside the file is followed, as with Kubernetes', async () => {
  const publish = (name: string): void => {
    mkdirSync(join(folder, `..${name}`));
    writeFileSync(join(folder, `..${name}`, 'targets.yaml'), declaring(name));
    symlinkSync(`..${name}`, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  publish('first');
  symlinkSync('..data/targets.yaml', path);
  await start();
  assert.ok(has('first'));
  publish('second');
  rmSync(join(folder, '..first'), { recursive: true });
  await eventually(() => has('second'));
  publish('third');
  await eventually(() => has('third'));
});
