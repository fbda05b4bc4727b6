import assert from 'node:assert/strict';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readDocument, root } from './documents.ts';

const rows = [...readDocument('docs/security.md').matchAll(/^\| (?!-|Attack|What)(.+) \| (.+) \| (.*`test\/.*) \|$/gm)];
const files = rows.flatMap(([, , , proofs = '']) => [...proofs.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file));

test('the table has every class of attacks, with existing tests', () => {
  for (const attack of [
    'Smuggling',
    'Headers cut off',
    'Hop-by-hop',
    'Upgrade bypass',
    'Spoofed identity',
    'Spoofed ways',
    'Path tricks',
    'Trailers',
    'Odd answers',
    'Slow clients',
    'Resource exhaustion',
    'Forged tokens',
    'Floods of key ids',
  ])
    assert.ok(
      rows.some(([, name = '']) => name.startsWith(attack)),
      attack,
    );
  assert.deepEqual(
    files.filter((file) => !/^test\/.*\.test\.ts$/.test(file) || !existsSync(join(root, file))),
    [],
  );
});

test('the table names every test of attacks', () => {
  const attacks = globSync('test/proxy/{attacks/*,websockets/*attacks*}.test.ts', { cwd: root });
  assert.notEqual(attacks.length, 0);
  assert.deepEqual(
    attacks.filter((file) => !files.includes(file)),
    [],
  );
});
