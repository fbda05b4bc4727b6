import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { formatDate, parseDate, startOfDay } from '../../../plugins/integration/apigee/apigee-dates.ts';
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
    { path: '/v1/organizations', request: { token }, status: 404, code: 'mint.notFound' },
    { path: '/v1/mint/nothing', request: { token, target: 'integration' }, status: 404, code: 'mint.notFound' },
  ];
  for (const { path, request, status, code } of cases) {
    const answer = await gateway.request(path, request);
    assert.equal(answer.status, status, path);
    assert.deepEqual(Object.keys(answer.body), ['code', 'message', 'contexts']);
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
    ['0000-01-01', -62_167_219_200_000],
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
