import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Backend, createBackend } from '../support/backend.ts';
import { createSandbox } from '../support/process.ts';

const sandbox = createSandbox();
let backend: Backend;
before(async () => {
  backend = await createBackend();
});
after(async () => {
  await sandbox.remove();
  await backend.close();
});

test('SIGHUP reloads ./targets.yaml, and an invalid file changes nothing', async () => {
  // A link to another folder: the signal alone can reveal the change.
  const elsewhere = join(sandbox.folder, 'elsewhere');
  mkdirSync(elsewhere);
  const write = (text: string): void => writeFileSync(join(elsewhere, 'targets.yaml'), text);
  const declared = (name: string): string => `targets: { ${name}: { upstreams: [${backend.url}], public: true } }`;
  write(declared('first'));
  symlinkSync(join(elsewhere, 'targets.yaml'), join(sandbox.folder, 'targets.yaml'));

  const program = sandbox.start();
  const url = await program.ready();
  const ask = async (name: string) => (await fetch(url, { headers: { 'X-Target-Server': name } })).status;
  assert.equal(await ask('first'), 200);
  assert.equal(await ask('second'), 401);

  write('targets: {');
  program.process.kill('SIGHUP');
  await program.until(/"message":"targets file refused, targets unchanged"/, 'stderr');
  assert.equal(await ask('first'), 200);

  write(declared('second'));
  program.process.kill('SIGHUP');
  await program.until(/"added":\["second"\]/, 'stderr');
  assert.equal(await ask('second'), 200);
  assert.equal(await ask('first'), 401);
  assert.equal((await program.end()).code, 0);
});
