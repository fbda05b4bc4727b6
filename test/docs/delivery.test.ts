import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { policy } from '../../src/dispatcher/model/policy.ts';
import type { Received } from '../../src/testing/index.ts';
import { type IntegrationGateway, startIntegration } from '../support/integration-gateway.ts';
import { createWorkspace, readDocument, snippetsOf, type Workspace } from './documents.ts';

type IsGenuine = (secret: string, headers: Received['headers'], content: string, now?: number) => boolean;

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const text = readDocument('docs/delivery.md');
let workspace: Workspace;
let integration: IntegrationGateway;
let isGenuine: IsGenuine;

before(async () => {
  workspace = createWorkspace(snippetsOf('docs/delivery.md'));
  ({ isGenuine } = await import(pathToFileURL(join(workspace.folder, 'webhook', 'verify.js')).href));
  integration = await startIntegration(undefined);
});
after(async () => {
  await integration.close();
  workspace.remove();
});

test('the table of outcomes equals the policy, row by row', () => {
  const rows = [...text.matchAll(/^\| (.+) \| \*\*(\w+)\*\* \| (.+) \|$/gm)].map(([, ...cells]) => cells);
  assert.deepEqual(
    rows,
    policy.map(({ what, verdict, why }) => [what, verdict, why]),
  );
});

test('the table lists exactly the sent headers, and the snippet verifies the signature', async () => {
  const { receiver } = integration;
  for (const method of [2, 1]) {
    const authentication = { type: 2, token: 'token' };
    const distributor = await integration.createDistributor({ method, path: '/hook?a=b', authentication });
    const { secret } = (await integration.call(`/distributors/${distributor}/secret`)).body;
    const sending = { body: { type: 'a.b', data: { order_id: '42' } }, headers: { traceparent } };
    const accepted = await integration.call(`/distributors/${distributor}/events`, sending);
    await integration.reached(accepted.body.deliveries[0].id, 'delivered');
    const request = receiver.received.at(-1) ?? assert.fail('nothing arrived');

    const listed = [...text.matchAll(/^\| `([a-z-]+)` \| /gm)].map(([, name = '']) => name);
    const ofHttp = ['host', 'connection', 'content-length'];
    const sent = Object.keys(request.headers).filter((name) => !ofHttp.includes(name));
    const expected = method === 2 ? listed : listed.filter((name) => name !== 'content-type');
    assert.deepEqual(sent.toSorted(), expected.toSorted());

    const content = method === 2 ? request.body : request.path;
    assert.ok(isGenuine(secret, request.headers, content));
    assert.ok(!isGenuine(secret, request.headers, `${content} `));
    assert.ok(!isGenuine(`whsec_${Buffer.alloc(32).toString('base64')}`, request.headers, content));
    assert.ok(!isGenuine(secret, request.headers, content, Date.now() / 1000 + 301));
    assert.ok(!isGenuine(secret, {}, content));
  }
});

test('the snippet accepts both secrets during a rotation', async () => {
  const distributor = await integration.createDistributor();
  const { secret: old } = (await integration.call(`/distributors/${distributor}/secret`)).body;
  const rotated = await integration.call(`/distributors/${distributor}/secret/rotate`, { method: 'POST' });
  await integration.reached(await integration.send(distributor), 'delivered');
  const { headers, body } = integration.receiver.received.at(-1) ?? assert.fail('nothing arrived');
  assert.ok(isGenuine(old, headers, body));
  assert.ok(isGenuine(rotated.body.secret, headers, body));
});
