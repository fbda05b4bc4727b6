import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, mock, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Express } from 'express';
import { maxPayloadBytes } from '../../plugins/integration/events/event-content.ts';
import { HookgateError } from '../../src/client/client.ts';
import { formatSecret, sign, signingKey } from '../../src/dispatcher/sending/signature.ts';
import { resolveOwnSpecifiers } from '../../src/own-specifiers.ts';
import { bin, createWorkspace, readDocument, root, snippetsOf, type Workspace } from './documents.ts';

// test/client/client-and-gateway.test.ts runs the snippets that need a gateway.
const document = readDocument('docs/client.md');
let workspace: Workspace;

before(() => {
  resolveOwnSpecifiers();
  mock.method(console, 'log', () => undefined);
  workspace = createWorkspace(snippetsOf('docs/client.md'));
});
after(() => {
  mock.restoreAll();
  workspace.remove();
});

test('the snippets compile in a strict project of a browser that checks its libraries', () => {
  writeFileSync(join(workspace.folder, 'key.json'), '{ "api_key": "hk_key", "secret_key": "secret" }');
  const compilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: false, exactOptionalPropertyTypes: true },
    ...{ noUncheckedIndexedAccess: true, resolveJsonModule: true, allowImportingTsExtensions: true },
    ...{ target: 'es2022', module: 'esnext', moduleResolution: 'bundler', lib: ['es2023', 'dom'], types: [] },
    paths: { 'hookgate/client': ['./src/client/client.ts'] },
  };
  const files = snippetsOf('docs/client.md').flatMap(({ file }) => (file.endsWith('.ts') ? file : []));
  assert.equal(files.length, 3);
  const consumer = join(root, 'test', 'support', 'typed-consumer.ts');
  writeFileSync(
    join(workspace.folder, 'tsconfig.browser.json'),
    JSON.stringify({ compilerOptions, files: [...files, consumer] }),
  );
  const { status, output } = workspace.run(bin('tsc'), ['-p', 'tsconfig.browser.json']);
  assert.equal(status, 0, output);
});

test('the receiver takes genuine callbacks and no others', async () => {
  const { createReceiver }: { createReceiver(secrets: string[]): Express } = await import(
    pathToFileURL(join(workspace.folder, 'receiver.js')).href
  );
  const secret = formatSecret(Buffer.alloc(32, 1));
  const server = createReceiver([secret]).listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
    const body = '{"type":"order.filled"}';
    const timestamp = Math.floor(Date.now() / 1000);
    const post = (content: string, signed = content) =>
      fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': 'id',
          'webhook-timestamp': String(timestamp),
          'webhook-signature': sign([signingKey(secret)], 'id', timestamp, signed),
        },
        body: content,
      });
    assert.equal((await post(body)).status, 204);
    assert.equal((await post(body.padEnd(maxPayloadBytes))).status, 204);
    const refused = await post(`${body} `, body);
    assert.deepEqual([refused.status, await refused.text()], [400, 'WEBHOOK_SIGNATURE_INVALID']);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test('the page lists every code of the client', () => {
  const source = readDocument('src/client/hookgate-error.ts');
  const union = /ClientErrorCode =\n([\s\S]*?);/.exec(source)?.[1] ?? '';
  const codes = [...union.matchAll(/'(\w+)'/g)].map(([, code = '']) => code);
  const table = /\| Code of the client[\s\S]*?\n\n/.exec(document)?.[0] ?? '';
  assert.deepEqual(
    [...table.matchAll(/`([A-Z]+_[A-Z_]+|TIMEOUT|ABORTED|REDIRECTED)`/g)].map(([, code = '']) => code).toSorted(),
    codes.toSorted(),
  );
});

test('errors of the client have the documented members', () => {
  const error = new HookgateError('NETWORK_ERROR', 'Lost.');
  const table = /\| Member \| Meaning[\s\S]*?\n\n/.exec(document)?.[0] ?? '';
  const members = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, member = '']) => member);
  const own = Object.keys(error).filter((member) => member !== 'name');
  assert.deepEqual(members.toSorted(), [...own, 'message'].toSorted());
});
