import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { authentication } from '../../../plugins/authentication/index.ts';
import { createApiKeyService } from '../../../plugins/authentication/keys/api-key-service.ts';
import { integration } from '../../../plugins/integration/index.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { type RawAnswer, rawRequest } from '../../support/raw-request.ts';

/** The host in the documentation of that API. */
const documented = 'https://api.enterprise.apigee.com';

const listAll = String.raw`curl -X GET "https://api.enterprise.apigee.com/v1/mint/organizations/myorg/webhooks" \
-H "Content-Type: application/json " \
-u email:password`;
const readOne = String.raw`curl -X GET "https://api.enterprise.apigee.com/v1/mint/organizations/myorg/webhooks/21844a37-d26d-476c-93ed-38f3a4b24691" \
-H "Content-Type: application/json " \
-u email:password`;
const add = String.raw`curl -X POST "https://api.enterprise.apigee.com/v1/mint/organizations/myorg/webhooks"
-H "Content-Type: application/json "
-d '{
  "name": "webhook3",
  "postURL": "http://mycompany.com/callbackhandler3"
}' \
-u email:password`;
const edit = String.raw`curl -X PUT "https://api.enterprise.apigee.com/v1/mint/organizations/myorg/webhooks/0a07eb1f-f485-4539-8beb-01be449699b3" \
-H "Content-Type: application/json " \
-d '{
  "postURL": "http://mycompany.com/callbackhandler4"
}' \
-u email:password`;
const enable = String.raw`curl -X POST "https://api.enterprise.apigee.com/v1/mint/organizations/myorg/webhooks/0a07eb1f-f485-4539-8beb-01be449699b3" \
-H "Content-Type: application/json " \
-d '{
  "enabled": "true"
}' \
-u email:password`;
const remove = String.raw`curl -X DELETE "https://api.enterprise.apigee.com/v1/mint/organizations/myorg/webhooks/21844a37-d26d-476c-93ed-38f3a4b24691" \
-H "Content-Type: application/json " \
-u email:password`;

const keys = ['created', 'createdBy', 'enabled', 'id', 'name', 'orgId', 'postUrl', 'updated', 'updatedBy'];

onEveryEngine('the documented cURL calls', ({ serverUrl }) => {
  let gateway: TestGateway;
  let password: string;

  before(async () => {
    gateway = await createTestGateway({ plugins: [authentication, integration], serverUrl });
    const { database, now } = gateway.app.foundation;
    const key = await createApiKeyService({ database, now }).create({
      email: 'joe@example.com',
      organizations: ['myorg'],
      scope: 'integration:read integration:write',
    });
    password = key.secret_key;
  });
  after(() => gateway.close());

  /** Sends the bytes that cURL would send, except for `Host`, its own `User-Agent` and the credentials. */
  async function run(command: string, id?: string): Promise<RawAnswer> {
    const [, method = '', url = ''] = /curl -X (\w+) "([^"]+)"/.exec(command) ?? [];
    const [, header = ''] = /-H "([^"]+)"/.exec(command) ?? [];
    const [, body = ''] = /-d '([^']+)'/.exec(command) ?? [];
    assert.ok(url.startsWith(documented) && command.includes('-u email:password'), command);
    const path = url.slice(documented.length).replace(/[0-9a-f-]{36}$/, id ?? '$&');
    const lines = [
      `${method} ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${gateway.port}`,
      `Authorization: Basic ${Buffer.from(`joe@example.com:${password}`).toString('base64')}`,
      'User-Agent: curl/8.5.0',
      'Accept: */*',
      header,
      'Connection: close',
      ...(body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
    ];
    return rawRequest(gateway.port, `${lines.join('\r\n')}\r\n\r\n${body}`);
  }

  test('the calls work one after the other, from adding a webhook to deleting it', async () => {
    const empty = await run(listAll);
    assert.deepEqual([empty.status, empty.body], [200, { totalRecords: 0, webhooks: [] }]);

    const added = await run(add);
    assert.equal(added.status, 200, added.text);
    const { id, created, updated, ...rest } = added.body;
    assert.deepEqual(rest, {
      createdBy: 'joe@example.com',
      enabled: false,
      name: 'webhook3',
      orgId: 'myorg',
      postUrl: 'http://mycompany.com/callbackhandler3',
      updatedBy: 'joe@example.com',
    });
    assert.equal(updated, created);
    assert.ok(Math.abs(created - Date.now()) < 60_000);

    const edited = await run(edit, id);
    assert.equal(edited.status, 200);
    assert.deepEqual(edited.body, {
      ...added.body,
      postUrl: 'http://mycompany.com/callbackhandler4',
      updated: edited.body.updated,
    });

    const enabled = await run(enable, id);
    assert.deepEqual(
      [enabled.status, enabled.body],
      [200, { ...edited.body, enabled: true, updated: enabled.body.updated }],
    );

    const read = await run(readOne, id);
    assert.deepEqual([read.status, read.body], [200, enabled.body]);
    const listed = await run(listAll);
    assert.deepEqual([listed.status, listed.body], [200, { totalRecords: 1, webhooks: [enabled.body] }]);
    for (const { body } of [added, edited, enabled, read]) assert.deepEqual(Object.keys(body), keys);

    const removed = await run(remove, id);
    assert.deepEqual([removed.status, removed.text], [204, '']);
    assert.equal((await run(listAll)).body.totalRecords, 0);
  });

  test("the calls answer 404 with the documentation's ids", async () => {
    for (const command of [readOne, edit, enable, remove]) {
      const { status, body } = await run(command);
      const [, id] = /webhooks\/([0-9a-f-]{36})"/.exec(command) ?? [];
      assert.equal(status, 404);
      assert.deepEqual(body, {
        code: 'mint.resourceDoesNotExist',
        message: `Webhook with id [${id}] does not exist`,
        contexts: [
          { name: 'type', value: 'Webhook' },
          { name: 'id', value: id },
        ],
      });
    }
  });

  test('the calls answer 401 with a wrong password', async () => {
    const right = password;
    password = 'password';
    const { status, body } = await run(listAll);
    password = right;
    assert.deepEqual([status, body.code], [401, 'mint.unauthorized']);
  });
});
