import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { assertError, assertInvalid } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import {
  base,
  basic,
  type DistributorClient,
  meta,
  nodeId,
  startDistributors,
  unknownId,
} from './distributor-client.ts';

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

onEveryEngine('distributors', ({ serverUrl }) => {
  let client: DistributorClient;

  before(async () => {
    client = await startDistributors({ serverUrl });
  });
  after(() => client.close());

  test('POST creates exactly the documented distributor', async () => {
    const answer = await client.create(meta);
    assert.equal(answer.status, 201);
    assert.deepEqual(Object.keys(answer.body), ['id', 'node_id', 'meta', 'created_at', 'updated_at']);
    assert.deepEqual(Object.keys(answer.body.meta), ['host', 'path', 'method', 'authentication']);
    assert.match(answer.body.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(answer.body.node_id, nodeId);
    assert.deepEqual(answer.body.meta, { ...meta, method: 'GET' });
    assert.match(answer.body.created_at, time);
    assert.equal(answer.body.updated_at, answer.body.created_at);
    assert.equal(answer.headers.get('location'), `${base}/${answer.body.id}`);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.match(String(answer.headers.get('content-type')), /^application\/json/);
  });

  test('POST creates a distributor without a webhook when meta is omitted, null, or without a body', async () => {
    for (const body of [{}, { meta: null }, undefined]) {
      const request = body === undefined ? { method: 'POST' } : { body };
      const answer = await client.call(`${base}/nodes/${nodeId}`, request);
      assert.equal(answer.status, 201);
      assert.equal(answer.body.meta, null);
      assert.deepEqual((await client.read(answer.body.id)).body, answer.body);
    }
  });

  test('GET masks secrets and has times with microseconds', async () => {
    const created = (await client.create(meta)).body;
    const read = await client.read(created.id);
    assert.equal(read.status, 200);
    const authentication = { ...basic, password: '********' };
    assert.deepEqual(read.body, { ...created, meta: { ...created.meta, authentication } });
    assert.equal(read.headers.get('cache-control'), 'no-store');
    const head = await client.call(`${base}/${created.id}`, { method: 'HEAD' });
    assert.deepEqual([head.status, head.text], [200, '']);
  });

  test('PUT replaces a given meta as a whole, keeps an omitted one, and removes it for null', async () => {
    const created = (await client.create(meta)).body;
    const other = { host: 'http://other.example:8080', path: '/x?y=1' };
    const replaced = await client.update(created.id, { meta: other });
    assert.equal(replaced.status, 200);
    assert.deepEqual(replaced.body.meta, { ...other, method: 'POST' });
    assert.equal(replaced.body.created_at, created.created_at);
    assert.ok(replaced.body.updated_at > created.updated_at);
    assert.deepEqual((await client.read(created.id)).body, replaced.body);

    const untouched = await client.update(created.id, {});
    assert.deepEqual(untouched.body.meta, replaced.body.meta);
    const removed = await client.update(created.id, { meta: null });
    assert.equal(removed.body.meta, null);
    assert.equal((await client.read(created.id)).body.meta, null);
    assert.equal((await client.update(created.id, { meta })).body.meta.authentication.password, 'pass');
  });

  test('PUT refuses to change the id, the node, the organization or the creation time', async () => {
    const { id } = (await client.create()).body;
    const body = { id: unknownId, node_id: unknownId, organization: 'other', created_at: 'now' };
    assertInvalid(await client.update(id, body), ['id', 'node_id', 'organization', 'created_at']);
    assertError(await client.call(`${base}/${id}`, { method: 'PATCH', body: {} }), 'METHOD_NOT_ALLOWED');
  });

  test('DELETE removes a distributor once', async () => {
    const { id } = (await client.create(meta)).body;
    const deleted = await client.call(`${base}/${id}`, { method: 'DELETE' });
    assert.deepEqual([deleted.status, deleted.text], [204, '']);
    assert.equal(deleted.headers.get('cache-control'), 'no-store');
    assertError(await client.read(id), 'NOT_FOUND');
    assertError(await client.update(id, { meta }), 'NOT_FOUND');
    assertError(await client.call(`${base}/${id}`, { method: 'DELETE' }), 'NOT_FOUND');
  });

  test('a distributor that does not exist is 404', async () => {
    assertError(await client.read(unknownId), 'NOT_FOUND');
    assertError(await client.update(unknownId, { meta }), 'NOT_FOUND');
    assertError(await client.call(`${base}/${unknownId}`, { method: 'DELETE' }), 'NOT_FOUND');
    const none = await client.call(`${base}/nodes/${unknownId}`);
    assert.deepEqual(none.body, { distributors: [], total: 0, page: 1, per_page: 20 });
  });

  test('the case of a UUID does not matter', async () => {
    const node = randomUUID();
    const created = (await client.create(meta, node.toUpperCase())).body;
    assert.equal(created.node_id, node);
    for (const spelling of [created.id, created.id.toUpperCase()])
      assert.equal((await client.read(spelling)).body.id, created.id);
    assert.equal((await client.call(`${base}/nodes/${node.toUpperCase()}`)).body.total, 1);
    assert.equal((await client.call(`${base}/nodes/${node}`)).body.total, 1);
    assert.equal((await client.update(created.id.toUpperCase(), {})).body.id, created.id);
    assert.equal((await client.call(`${base}/${created.id.toUpperCase()}`, { method: 'DELETE' })).status, 204);
  });

  test('times stay exact at the end of a second and of a year', async () => {
    for (const moment of ['2024-02-29T23:59:59.999Z', '2021-12-31T23:59:59.990Z']) {
      client.gateway.clock.set(new Date(moment));
      const created = (await client.create()).body;
      assert.ok(created.created_at >= moment.replace('Z', '000Z'), created.created_at);
      assert.equal((await client.read(created.id)).body.created_at, created.created_at);
    }
    client.gateway.clock.set(new Date());
  });
});

test('times are shown in the configured time zone', async () => {
  const client = await startDistributors({ env: { TIME_ZONE: 'Europe/Istanbul' } });
  try {
    client.gateway.clock.set(new Date('2025-12-23T23:16:10.419Z'));
    const created = (await client.create(meta)).body;
    assert.match(created.created_at, /^2025-12-24T02:16:1\d\.\d{6}\+03:00$/);
    assert.equal((await client.read(created.id)).body.created_at, created.created_at);
  } finally {
    await client.close();
  }
});
