import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TestAnswer, TestRequest } from '../../../src/testing/index.ts';
import { assertError, assertInvalid } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { type IntegrationGateway, nodeId, startIntegration } from '../../support/integration-gateway.ts';

/** Objects that `JSON.stringify(JSON.parse(…))` would change. */
const notations = [
  '{"n":1524831183200256789}',
  '{"n":0.10,"m":1.0,"z":-0}',
  '{"n":1e400,"m":-1E-400,"k":1E2}',
  `{"n":0.${'12345678901234567890'.repeat(20)}}`,
  `{"n":${'9'.repeat(5000)}}`,
  '{"2":"b","1":"a"}',
  '{"text":"\\u00fc\\/\\ud800 \\u0000"}',
  ' { "a" : [ 1.50 , { "b" : 2e0 } ] ,\n\t"c" : { } } ',
];

onEveryEngine('the notation of a caller', ({ serverUrl }) => {
  let app: IntegrationGateway;
  let token: string;
  let poster: string;
  let getter: string;

  before(async () => {
    app = await startIntegration(serverUrl);
    token = await app.gateway.token({ org: 'myorg', scope: 'integration:read integration:write' });
    poster = await app.createDistributor();
    getter = await app.createDistributor({ method: 1 }, 'a40efce4-38a3-46c4-a202-e8db95d0409c');
  });
  after(() => app.close());

  const post = (place: string, data: string, headers: Record<string, string> = {}): Promise<TestAnswer> =>
    app.call(`/distributors/${place}/events`, { body: `{ "type": "order.filled", "data": ${data} }`, headers });
  const v1 = (path: string, change: TestRequest = {}): Promise<TestAnswer> =>
    app.gateway.request(`/v1/${path}`, { token, ...change });
  const idOf = (sent: TestAnswer): string => {
    assert.equal(sent.status, 202, sent.text.slice(0, 500));
    return sent.body.deliveries[0].id;
  };
  const received = (id: string) =>
    eventually(async () => app.receiver.received.find(({ headers }) => headers['webhook-id'] === id));

  test('an event is delivered with the bytes of its data, to one distributor and to a node', async () => {
    for (const place of [poster, `nodes/${nodeId}`]) {
      for (const data of notations) {
        const { body } = await received(idOf(await post(place, data)));
        assert.ok(body.endsWith(`,"data":${data.trim()}}`), body);
        assert.deepEqual(Object.keys(JSON.parse(body)), ['id', 'type', 'timestamp', 'data']);
      }
    }
  });

  test('a GET carries the numbers of an event as the caller wrote them', async () => {
    const data = '{"a":1524831183200256789,"b":0.10,"c":{"d":[1e400, -0]},"e":"\\u00fc","f":1E2}';
    const { path } = await received(idOf(await post(getter, data)));
    const fields = new URL(path, 'http://receiver').searchParams;
    const seen = ['a', 'b', 'c', 'e', 'f'].map((name) => fields.get(name));
    assert.deepEqual(seen, ['1524831183200256789', '0.10', '{"d":[1e400,-0]}', 'ü', '1E2']);
  });

  test('a GET refuses half of a surrogate pair, which a query string would replace', async () => {
    assertInvalid(await post(getter, '{"fine":1,"half":"\\udc00"}'), ['data.half']);
    assert.equal((await post(getter, '{"\\ud800":1}')).status, 400);
    const { path } = await received(idOf(await post(getter, '{"inside":["\\ud800"]}')));
    assert.equal(new URL(path, 'http://receiver').searchParams.get('inside'), '["\\ud800"]');
  });

  test('a delivery is shown with its numbers as they were sent', async () => {
    const id = idOf(await post(poster, '{"n":1524831183200256789,"m":0.10}'));
    const { text } = await app.call(`/deliveries/${id}`);
    assert.match(text, /"data":\{"n":1524831183200256789,"m":0\.10\}/);
  });

  test('calls that differ in the notation of a number of an event have different bodies', async () => {
    const send = (key: string, data: string) => post(poster, data, { 'Idempotency-Key': key });
    for (const [key, first, other] of [
      ['digits', '{"n":1524831183200256789}', '{"n":1524831183200256790}'],
      ['zero', '{"n":0.1}', '{"n":0.10}'],
      ['exponent', '{"n":100}', '{"n":1e2}'],
      ['infinite', '{"n":[1e400]}', '{"n":[1e401]}'],
      ['sign', '{"n":0}', '{"n":-0}'],
    ] as const) {
      const id = idOf(await send(key, first));
      assertError(await send(key, other), 'IDEMPOTENCY_KEY_REUSED', key);
      assert.equal(idOf(await send(key, first)), id, key);
    }
    const id = idOf(await send('same', '{"a":1.0,"b":"\\u00fc"}'));
    assert.equal(idOf(await send('same', ' {\n"b" : "ü" , "a" : 1.0 }')), id);
  });

  test('members that are kept come back with their numbers as they were written, also in a replay', async () => {
    const kept = '"pricePoints":[{"amount":19.90,"limit":1e400,"size":1524831183200256789}]';
    const body = `{"name":"exact","displayName":"Exact",${kept}}`;
    const create = () => v1('organizations/myorg/apiproducts', { body, headers: { 'Idempotency-Key': 'product' } });
    const created = await create();
    assert.equal(created.status, 201, created.text);
    assert.equal((await create()).text, created.text);
    assert.ok((await v1('organizations/myorg/apiproducts/exact')).text.includes(kept));
    const change = { method: 'PUT', body: '{"quota":7.50,"status":7.50}' };
    const changed = await v1('organizations/myorg/apiproducts/exact', change);
    // Documented as text.
    assert.match(changed.text, /"quota":"7\.50"/);
    assert.match(changed.text, /"status":7\.50[,}]/);
    assert.ok(changed.text.includes(kept));

    const person = '"firstName":"N","lastName":"T","userName":"nt"';
    const developer = await v1('organizations/myorg/developers', {
      body: `{"email":"exact@example.com",${person},"approxTaxRate":0.190}`,
    });
    assert.match(developer.text, /"approxTaxRate":0\.190/);

    const packages = 'mint/organizations/myorg/monetization-packages';
    await v1(packages, { body: { name: 'exact', product: [{ id: 'exact' }] } });
    const plan = { body: '{"name":"gold","setUpFee":10.00,"ratePlanDetails":[{"rate":1.10}],"published":true}' };
    assert.equal((await v1(`${packages}/exact/rate-plans`, plan)).status, 201);
    const read = await v1(`${packages}/exact/rate-plans/exact_gold`);
    assert.match(read.text, /"ratePlanDetails":\[\{[^[]*"rate":1\.10\}\]/);
    assert.match(read.text, /"setUpFee":10\.00/);
    // The notation is a part of the value: another one would change the published plan.
    const path = `${packages}/exact/rate-plans/exact_gold`;
    assert.equal((await v1(path, { method: 'PUT', body: '{"setUpFee":10.00}' })).status, 200);
    assert.equal((await v1(path, { method: 'PUT', body: '{"setUpFee":10.01}' })).status, 409);
  });

  test('a number that a double does not hold is refused with its place, unless it is ignored', async () => {
    const usage = (batchSize: string) =>
      v1('mint/organizations/myorg/transactions', {
        body: `{"developer":{"id":"exact@example.com"},"product":{"id":"exact"},"batchSize":${batchSize}}`,
      });
    for (const batchSize of ['1.00000000000000000001', '9007199254740993', '1e400', '1e-400', '2.50']) {
      const answer = await usage(batchSize);
      assert.equal(answer.body.code, 'mint.validationError', batchSize);
      assert.deepEqual(
        answer.body.contexts.map(({ name }: { name: string }) => name),
        ['batchSize'],
        batchSize,
      );
    }
    for (const batchSize of ['1', '1.0', '10E-1', '0.0001e4', '1, "ignored": 1524831183200256789'])
      assert.equal((await usage(batchSize)).status, 201, batchSize);
  });

  test('an object with two members of one name is refused with its place', async () => {
    const body = '{"type":"order.filled","data":{"a":{"b":1},"c":[{"b":2,\n"\\u0062":3}]}}';
    const answer = await app.call(`/distributors/${poster}/events`, { body });
    assertError(answer, 'MALFORMED_JSON');
    assert.equal(answer.body.error.details.position, body.indexOf('"\\u0062"'));
    assert.deepEqual([answer.body.error.details.line, answer.body.error.details.column], [2, 1]);
  });
});
