import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { runCommandLine } from '../../src/cli/commands.ts';
import { anchorsOf, documents, readDocument, root } from './documents.ts';
import { shellBlocksIn } from './shell-blocks.ts';

/** Matches of `pattern` in all documents that `isGood` refuses, as `document: match`. */
function wrong(pattern: RegExp, isGood: (found: string, document: string) => boolean): string[] {
  const found = documents.flatMap((document) =>
    [...readDocument(document).matchAll(pattern)].map(([, text = '']) => ({ document, text })),
  );
  assert.notEqual(found.length, 0, `nothing matches ${pattern}`);
  return found
    .filter(({ document, text }) => !isGood(text, document))
    .map(({ document, text }) => `${document}: ${text}`);
}

test('every npm script in the texts exists', () => {
  const { scripts } = JSON.parse(readDocument('package.json')) as { scripts: Record<string, string> };
  const isScript = (name: string): boolean => Object.hasOwn(scripts, name);
  assert.deepEqual(wrong(/\bnpm run (?:-s )?([\w:-]+)/g, isScript), []);
  assert.deepEqual(wrong(/\bnpm (start|test)\b/g, isScript), []);
});

test('every command in the texts exists, with its options', async () => {
  let usage = '';
  const print = (text: string): void => {
    usage = text;
  };
  await runCommandLine({ args: ['help'], env: {}, print, onSignal: () => {} });
  const lines = usage.split('\n').map((line) => line.trim());
  const isCommand = (text: string): boolean => {
    const [words = '', ...options] = text.trim().split(/ (?=--)/);
    // `plugin test notes` is an example of `plugin test <name>`.
    const line =
      lines.find((entry) => `${entry} `.startsWith(`${words} `)) ??
      lines.find((entry) => entry.includes(' <') && words.startsWith(entry.slice(0, entry.indexOf('<'))));
    return line !== undefined && options.every((option) => line.includes(option.split(' ')[0] ?? ''));
  };
  assert.deepEqual(wrong(/hookgate -- ([a-z][^<"`\n]*)/g, isCommand), []);
});

test('every link leads to a file', () => {
  const isThere = (link: string, document: string): boolean => existsSync(join(root, dirname(document), link));
  assert.deepEqual(wrong(/\]\((?!https?:)([^)#\s]+)[^)]*\)/g, isThere), []);
});

test('every link to a section leads to its heading', () => {
  const isThere = (link: string, document: string): boolean => {
    const [path, anchor = ''] = link.split('#');
    return anchorsOf(readDocument(path ? join(dirname(document), path) : document)).includes(anchor);
  };
  assert.deepEqual(wrong(/\]\((?!https?:)([^)\s]*#[^)\s]+)\)/g, isThere), []);
});

test('every project file in the texts exists', () => {
  // The texts create these files themselves.
  const isThere = (path: string): boolean =>
    existsSync(join(root, path)) || /notes|short-links|flags|ticker|files|shelf|monitor|bell|tally|weather/.test(path);
  assert.deepEqual(wrong(/`((?:src|plugins|migrations|test|scripts|bench|conformance)\/[\w./-]*)`/g, isThere), []);
});

test('the commands of a block are found, also in a list and beside a comment', () => {
  const document =
    '# Title\n\n1. Step:\n\n   ```sh\n   # why\n   one \\\n     --more\n   two\n   ```\n\n```yaml\na: b\n```\n';
  assert.deepEqual(shellBlocksIn(document), [
    { heading: 'Title', text: '# why\none \\\n  --more\ntwo\n', commands: ['one --more', 'two'] },
  ]);
});
