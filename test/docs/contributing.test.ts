import assert from 'node:assert/strict';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { updateWalk } from '../../scripts/walk.ts';
import { readDocument, root } from './documents.ts';

const text = readDocument('CONTRIBUTING.md');

test('every step of the walk stands at its file and line', () => {
  assert.ok([...text.matchAll(/`[\w./-]+:\d+` `\w+`/g)].length >= 25);
  assert.equal(text, updateWalk(text, readDocument), 'run `npm run walk`');
});

test('the layout names every folder of src, down to the rooms', () => {
  const [layout = ''] = /```text\n[\s\S]*?```/.exec(text) ?? [];
  const folders = globSync('src/**/', { cwd: root }).map((path) => path.split('/').filter(Boolean));
  for (const names of folders.filter(({ length }) => length > 1))
    assert.match(layout, new RegExp(`^ +${names.at(-1)}/`, 'm'), names.join('/'));
});

test('the layout names no folder of src that does not exist', () => {
  const [, source = ''] = /```text\nsrc\/\n([\s\S]*?)\nplugins\//.exec(text) ?? [];
  let parent = '';
  for (const [, indent = '', name = ''] of source.matchAll(/^( +)([\w-]+)\//gm)) {
    if (indent.length === 2) parent = name;
    const path = join('src', indent.length === 2 ? '' : parent, name);
    assert.ok(existsSync(join(root, path)), path);
  }
});
