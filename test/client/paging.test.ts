import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createScriptedGateway, json, type ScriptedGateway } from '../support/scripted-gateway.ts';

const deliveries = '/api/v1/integration/deliveries';

describe('pages of a client', () => {
  let gateway: ScriptedGateway;
  before(async () => {
    gateway = await createScriptedGateway();
  });
  after(() => gateway.receiver.close());
  beforeEach(() => gateway.reset());

  const paths = () => gateway.calls().map(({ path }) => path);
  const idsOf = async (entries: AsyncIterable<{ id: string }>): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { id } of entries) ids.push(id);
    return ids;
  };
  const page = (ids: string[], next_cursor: string | null) =>
    json(200, { deliveries: ids.map((id) => ({ id })), next_cursor });
  const failedDeliveries = () => gateway.client().pages(deliveries, { params: { query: { status: 'failed' } } });

  test('cursors are followed to the end, over empty pages, with the conditions of the call', async () => {
    gateway.reactions = [page(['1', '2'], 'a'), page([], 'b c'), page(['3'], null)];
    assert.deepEqual(await idsOf(failedDeliveries()), ['1', '2', '3']);
    assert.deepEqual(paths(), [
      `${deliveries}?status=failed`,
      `${deliveries}?status=failed&cursor=a`,
      `${deliveries}?status=failed&cursor=b%20c`,
    ]);
  });

  test('a cursor that comes twice ends the list with an error', async () => {
    gateway.reactions = [page(['1'], 'a'), page(['2'], 'b'), page(['3'], 'a')];
    await assert.rejects(idsOf(failedDeliveries()), { code: 'PAGING_LOOP' });
    assert.equal(paths().length, 3);
  });

  test('the next page is loaded when it is needed', async () => {
    gateway.reactions = [page(['1', '2'], 'a')];
    for await (const { id } of failedDeliveries()) if (id === '2') break;
    assert.equal(paths().length, 1);
  });

  test('numbered pages end with the total', async () => {
    const list = (ids: string[], at: number) =>
      json(200, { distributors: ids.map((id) => ({ id })), total: 5, page: at, per_page: 2 });
    gateway.reactions = [list(['1', '2'], 1), list(['3', '4'], 2), list(['5'], 3)];
    const all = gateway.client().pages('/api/v1/integration/distributors', { params: { query: { per_page: 2 } } });
    assert.deepEqual(await idsOf(all), ['1', '2', '3', '4', '5']);
    assert.deepEqual(
      paths().map((path) => path.split('?')[1]),
      ['per_page=2', 'per_page=2&page=2', 'per_page=2&page=3'],
    );
  });

  test('numbered pages go on from the page of the call', async () => {
    const list = (ids: string[]) => json(200, { webhooks: ids.map((id) => ({ id })), totalRecords: 6 });
    gateway.reactions = [list(['3', '4']), list(['5', '6'])];
    const params = { path: { org_name: 'myorg' }, query: { page: 2, size: 2 } };
    const all = gateway.client().pages('/v1/mint/organizations/{org_name}/webhooks', { params });
    assert.deepEqual(await idsOf(all), ['3', '4', '5', '6']);
    assert.equal(paths().length, 2);
  });

  test('a total that is never reached ends with the first empty page', async () => {
    const list = (ids: string[]) =>
      json(200, { distributors: ids.map((id) => ({ id })), total: 99, page: 1, per_page: 1 });
    gateway.reactions = [list(['1']), list(['2']), list([])];
    assert.deepEqual(await idsOf(gateway.client().pages('/api/v1/integration/distributors')), ['1', '2']);
  });

  test('a response that is not a page is an error', async () => {
    gateway.reactions = [json(200, { deliveries: null })];
    await assert.rejects(idsOf(failedDeliveries()), { code: 'INVALID_RESPONSE', status: 200 });
  });
});
