import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { allOrganizations, definePlugin, defineRoute, type Plugin, type Route } from '../../../src/plugin.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';

const answers = { 200: { description: 'The organization of the call.' } };

/** A route that answers with the organization of the call. */
const routeOf = (organization: NonNullable<Route['organization']>): Route =>
  defineRoute({
    ...{ method: 'GET', path: `/tenants/${organization}`, summary: 'Read', organization, answers },
    handler: (req, res) => res.json({ organization: req.organization }),
  });

const withRoutes = (routes: Route[]): Plugin =>
  definePlugin({ name: 'tenants', apiVersion: 1, prefixes: ['/tenants'], setup: () => ({ routes }) });

describe('calls for all organizations', () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await createTestGateway({
      plugins: [withRoutes([routeOf('header'), routeOf('header-or-all'), routeOf('all')])],
    });
  });
  after(() => gateway.close());

  async function call(path: string, claims: Record<string, unknown>, organization?: string) {
    const headers = organization === undefined ? {} : { 'X-Organization': organization };
    return gateway.request(`/tenants/${path}`, { token: await gateway.token(claims), headers });
  }

  test('the header * is accepted from credentials for all of them, where the route declares it', async () => {
    const { status, body } = await call('header-or-all', { org: '*' }, '*');
    assert.deepEqual([status, body], [200, { organization: allOrganizations }]);
    assertError(await call('header', { org: '*' }, '*'), 'NOT_FOUND');
    assertError(await call('header-or-all', { org: '*' }), 'ORGANIZATION_REQUIRED');
    assert.deepEqual((await call('header-or-all', { org: '*' }, 'mine')).body, { organization: 'mine' });
    const both = { org: 'mine', orgs: ['*'] };
    assert.deepEqual((await call('header-or-all', both)).body, { organization: 'mine' });
    assert.deepEqual((await call('header-or-all', both, '*')).body, { organization: allOrganizations });
  });

  test('a route about all organizations has no other callers, and needs no header', async () => {
    for (const header of [undefined, '*', 'mine'])
      assert.deepEqual((await call('all', { org: '*' }, header)).body, { organization: allOrganizations });
    for (const claims of [{ org: 'mine' }, { org: 'mine', orgs: ['other'] }, { org: [] }])
      for (const header of [undefined, '*', 'mine']) assertError(await call('all', claims, header), 'NOT_FOUND');
  });

  test('credentials for some organizations get the answer of any foreign organization', async () => {
    for (const claims of [{ org: 'mine' }, { org: 'mine', orgs: ['other'] }, { org: [] }])
      for (const header of ['*', 'foreign', '%2A', '* ', '**', '*,mine']) {
        const answer = await call('header-or-all', claims, header);
        assertError(answer, 'NOT_FOUND', header);
        assert.equal(answer.body.error.message, 'There is no such organization.');
      }
    for (const header of ['%2A', '**', '*,mine'])
      assert.notEqual((await call('header-or-all', { org: '*' }, header)).body.organization, allOrganizations);
  });

  test('the documentation says where the header may be *', async () => {
    const { paths } = (await gateway.request('/openapi/tenants.json')).body;
    const parametersOf = (path: string): unknown => paths[`/tenants/${path}`].get.parameters;
    assert.deepEqual(parametersOf('header'), [{ $ref: '#/components/parameters/Organization' }]);
    assert.deepEqual(parametersOf('header-or-all'), [{ $ref: '#/components/parameters/OrganizationOrAll' }]);
    assert.deepEqual(parametersOf('all'), []);
  });
});

test('a route that writes cannot act for all organizations', async () => {
  const common = { path: '/tenants', summary: 'Write', answers };
  for (const organization of ['header-or-all', 'all'] as const) {
    const handler = (): void => undefined;
    const transact = async () => ({ status: 204 });
    const writing: Route[] = [
      ...(['POST', 'PUT', 'PATCH', 'DELETE'] as const).map((method) => ({ ...common, organization, method, handler })),
      { ...common, organization, method: 'GET', transact },
    ];
    for (const route of writing)
      await assert.rejects(
        createTestGateway({ plugins: [withRoutes([route])] }),
        /Plugin "tenants" returned an invalid surface: routes\[0\]\.(?:.*method must be GET in a route about all|transact is not allowed)/,
      );
  }
});
