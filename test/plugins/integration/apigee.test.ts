import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inAlphabeticalOrder } from '../../../plugins/integration/apigee/apigee-answers.ts';
import { formatDate, parseDate, startOfDay } from '../../../plugins/integration/apigee/apigee-dates.ts';
import { withTypes } from '../../../plugins/integration/apigee/apigee-types.ts';
import { parseExactJson } from '../../../src/plugin.ts';
import { type IntegrationGateway, startIntegration } from '../../support/integration-gateway.ts';

let integration: IntegrationGateway;

before(async () => {
  integration = await startIntegration(undefined);
});
after(() => integration.close());

test("errors below the plugin's prefixes have the shape of the API family, with and without the target header", async () => {
  const { gateway } = integration;
  const token = await gateway.token();
  const cases = [
    { path: '/v1/mint/organizations/x', request: {}, status: 401, code: 'mint.unauthorized' },
    { path: '/v1/organizations/x/nothing', request: { token }, status: 404, code: 'mint.notFound' },
    { path: '/v1/mint/nothing', request: { token, target: 'integration' }, status: 404, code: 'mint.notFound' },
  ];
  for (const { path, request, status, code } of cases) {
    const answer = await gateway.request(path, request);
    assert.equal(answer.status, status, path);
    assert.deepEqual(Object.keys(answer.body), ['code', 'contexts', 'message']);
    assert.equal(answer.body.code, code);
  }
});

test("errors of other paths have the gateway's shape", async () => {
  const { gateway } = integration;
  for (const path of ['/v1/mintage', '/v1', '/api/v1/integration/nothing']) {
    const answer = await gateway.request(path, { token: await gateway.token(), target: 'integration' });
    assert.equal(answer.body.error.code, 'NOT_FOUND', path);
  }
  const another = await gateway.request('/v1/mint/x', { token: await gateway.token(), target: 'nobody' });
  assert.equal(another.body.code, 'mint.targetUnknown');
});

test("an organization that is not the caller's does not exist, in the words of the API family", async () => {
  const { gateway } = integration;
  const token = await gateway.token({ org: 'myorg', scope: 'integration:read' });
  for (const path of ['/v1/organizations/other/developers', '/v1/o/other/developers', '/v1/mint/o/other/webhooks']) {
    const answer = await gateway.request(path, { token });
    assert.equal(answer.status, 404, path);
    assert.equal(answer.body.code, 'mint.resourceDoesNotExist', path);
    assert.equal(answer.body.message, 'Organization with id [other] does not exist');
    const contexts = [
      { name: 'type', value: 'Organization' },
      { name: 'id', value: 'other' },
    ];
    assert.deepEqual(answer.body.contexts, contexts);
  }
});

test('short forms of paths, a slash at the end and unknown parameters lead to the same call', async () => {
  const { gateway } = integration;
  const token = await gateway.token({ org: 'myorg', scope: 'integration:read integration:write' });
  const body = { name: 'short', displayName: 'Short' };
  const paths = ['/v1/organizations/myorg', '/v1/o/myorg'];
  const created = await gateway.request('/v1/o/myorg/apiproducts/?format=json', { token, body });
  assert.equal(created.status, 201, created.text);
  for (const path of paths.flatMap((base) =>
    ['', '/', '?format=json', '/?format=json'].map((end) => `${base}/apiproducts/short${end}`),
  )) {
    const answer = await gateway.request(path, { token });
    assert.equal(answer.status, 200, path);
    assert.equal(answer.body.displayName, 'Short', path);
  }
  for (const path of ['/v1/o/myorg/apiproducts/short//', '/v1/o//myorg/apiproducts', '/v1/oo/myorg/apiproducts'])
    assert.notEqual((await gateway.request(path, { token, target: 'integration' })).status, 200, path);
  assert.equal(
    (await gateway.request('/api/v1/integration/distributors/', { token, target: 'integration' })).status,
    404,
  );
});

test('members of answers are in alphabetical order at any depth, and numbers keep their notation', () => {
  const value = parseExactJson('{"b":[{"z":1.10,"A":null,"a":{"y":1,"x":[2,1]}}],"a":"t"}');
  assert.equal(JSON.stringify(inAlphabeticalOrder(value)), '{"a":"t","b":[{"A":null,"a":{"x":[2,1],"y":1},"z":1.10}]}');
});

test('booleans and numbers that were sent as text are booleans and numbers, other texts stay', () => {
  const sent = parseExactJson(
    '{"isPrivate":"FALSE","prorate":"maybe","setUpFee":"10.00","rate":"x","name":"1","attributes":[{"name":"rate","value":"1"}],"ratePlanRates":[{"endUnit":"1e3","startUnit":" 1"}]}',
  );
  assert.equal(
    JSON.stringify(withTypes('plan', sent)),
    '{"isPrivate":false,"prorate":"maybe","setUpFee":10.00,"rate":"x","name":"1","attributes":[{"name":"rate","value":"1"}],"ratePlanRates":[{"endUnit":1e3,"startUnit":" 1"}]}',
  );
});

test('dates are parsed in UTC, with or without a time, and must exist in the calendar', () => {
  const cases: [string, number | undefined][] = [
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    ['2026-01-31 23:59:59', Date.UTC(2026, 0, 31, 23, 59, 59)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2026-02-29', undefined],
    ['2026-04-31 00:00:00', undefined],
    ['2026-13-01', undefined],
    ['2026-01-01 24:00:00', undefined],
    ['2026-1-1', undefined],
    ['2026-01-01T00:00:00', undefined],
    ['', undefined],
    ['2000-02-29 12:00:00', Date.UTC(2000, 1, 29, 12)],
    ['1900-02-29', undefined],
    ['2100-02-29', undefined],
    ['9999-12-31 23:59:59', Date.UTC(9999, 11, 31, 23, 59, 59)],
    ['0001-01-01', -62_135_596_800_000],
    ['0000-12-31', undefined],
    ['10000-01-01', undefined],
    ['-0001-01-01', undefined],
    ['-000001-01-01', undefined],
    ['2016-12-31 23:59:60', undefined],
    ['2026-01-01 23:60:00', undefined],
    ['2026-00-01', undefined],
    ['2026-01-00', undefined],
    ['2026-01-01 00:00', undefined],
    ['2026-01-01 00:00:00 ', undefined],
    ['2026-01-01 00:00:00Z', undefined],
  ];
  for (const [text, expected] of cases) assert.equal(parseDate(text), expected, text);
});

test('dates are formatted as they are parsed', () => {
  assert.equal(formatDate(Date.UTC(2026, 0, 31, 5, 6, 7)), '2026-01-31 05:06:07');
  assert.equal(startOfDay(Date.UTC(2026, 0, 31, 5, 6, 7)), Date.UTC(2026, 0, 31));
});
