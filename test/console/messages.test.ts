import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const web = join(import.meta.dirname, '..', '..', 'plugins', 'console', 'web');

/** The texts of a language by key, as one JSON text each. */
function textsOf(language: string): Map<string, string> {
  const folder = join(web, 'messages', language);
  const entries = readdirSync(folder).flatMap((file) =>
    Object.entries(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>),
  );
  return new Map(entries.map(([key, text]) => [key, JSON.stringify(text)]));
}

const inputsOf = (text: string | undefined): string[] =>
  [...new Set(text?.matchAll(/(?<!\\)\{(\w+)\}/g).map(([, name = '']) => name))].sort();

function sourceText(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'texts')
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? sourceText(path) : readFileSync(path, 'utf8');
    })
    .join('\n');
}

test('the console has every text in English and Turkish, with the same inputs', () => {
  const [english, turkish] = [textsOf('en'), textsOf('tr')];
  assert.deepEqual([...turkish.keys()].sort(), [...english.keys()].sort());
  for (const [key, text] of english) assert.deepEqual(inputsOf(turkish.get(key)), inputsOf(text), key);
});

test('the console shows each of its texts', () => {
  const words = new Set(sourceText(join(web, 'src')).match(/\bm\.\w+/g));
  const unused = [...textsOf('en').keys()].filter((key) => !words.has(`m.${key}`) && key !== '$schema');
  assert.deepEqual(unused, []);
});
