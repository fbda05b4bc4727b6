import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ParsedJson } from '../../../src/testing/index.ts';
import { type CatalogClient, startCatalog } from './catalog-client.ts';

/** Members beside the entries of a list, in their order below `/api/v1`. */
const places = ['total', 'page', 'per_page', 'next_cursor', 'totalRecords', 'hasMoreItems'];

interface List {
  readonly path: string;
  readonly example: ParsedJson;
  readonly queries: readonly string[];
}

const isList = (body: ParsedJson): boolean =>
  typeof body === 'object' && body !== null && places.some((name) => Object.hasOwn(body, name));

const ordered = (path: string, names: readonly string[]): string[] =>
  path.startsWith('/v1/')
    ? names.toSorted()
    : names.toSorted((one, other) => places.indexOf(one) - places.indexOf(other));

describe('the order of members in answers of lists', () => {
  let client: CatalogClient;
  let lists: List[];

  before(async () => {
    client = await startCatalog(undefined);
    await client.developer('ntesla@example.com');
    await client.product('weather');
    await client.package('Location', ['weather']);
    const { paths } = (await client.gateway.request('/openapi/integration.json')).body;
    lists = Object.entries<ParsedJson>(paths).flatMap(([path, { get }]) => {
      const example = get?.responses[200]?.content?.['application/json']?.example;
      const queries = (get?.parameters ?? []).filter((each: ParsedJson) => each.in === 'query');
      return isList(example) ? [{ path, example, queries: queries.map(({ name }: ParsedJson) => name) }] : [];
    });
  });
  after(() => client.close());

  const values: Readonly<Record<string, string>> = {
    org_name: 'myorg',
    package_id: 'location',
    email: 'ntesla@example.com',
    node_id: 'e40efce4-38a3-46c4-a202-e8db95d0409c',
  };
  const parts: Readonly<Record<string, string>> = { per_page: '1', page: '1', size: '1', limit: '1', all: 'true' };

  const always: Readonly<Record<string, string>> = { expand: 'true', START_DATE: '2026-01-01', END_DATE: '2026-12-31' };

  test('every list of a family has the same, in the document and in the answers, for any part of them', async () => {
    assert.ok(lists.length >= 13, `${lists.length} lists`);
    const token = await client.gateway.token({ org: 'myorg', scope: 'integration:read' });
    const ofAll = await client.gateway.token({ orgs: ['*'], scope: 'integration:read' });
    for (const { path, example, queries } of lists) {
      const expected = ordered(path, Object.keys(example));
      assert.deepEqual(Object.keys(example), expected, path);
      const filled = path.replace(
        /\{(\w+)\}/g,
        (_all, name: string) => values[name] ?? assert.fail(`${path}: ${name}`),
      );
      const given = Object.keys(parts).filter((name) => queries.includes(name));
      for (const names of [[], ...given.map((name) => [name]), given, given.toReversed()]) {
        const query = new URLSearchParams(names.map((name) => [name, parts[name] ?? '']));
        for (const [name, value] of Object.entries(always)) if (queries.includes(name)) query.set(name, value);
        const request = { target: 'integration', token: path.endsWith('/organizations') ? ofAll : token };
        const { status, text, body } = await client.gateway.request(`${filled}?${query}`, request);
        assert.equal(status, 200, `${path}?${query}: ${text}`);
        assert.deepEqual(Object.keys(body), expected, `${path}?${query}`);
      }
    }
  });

  test("the seed's list of webhooks begins with its total", async () => {
    assert.match((await client.mint('/webhooks')).text, /^\{"totalRecords":0,"webhooks":\[\]\}$/);
  });
});
