import { del, get, post, put, replay } from './client-calls.ts';
import { having, list, listFirst, milliseconds, nothing, type Pattern, text, uuid } from './patterns.ts';

// The calls of the controllers of apigee-client-php for the management API, in the order of a portal that uses them. It reads lists
// from the first member of an answer, and entities from all other answers. Calls that set a status answer nothing.

const organization = '/organizations/myorg';
const developers = `${organization}/developers`;
const ada = `${developers}/ada%40example.com`;
const products = `${organization}/apiproducts`;
const apps = `${ada}/apps`;
const keys = `${apps}/My%20app/keys`;

const authored = { createdAt: milliseconds, createdBy: text, lastModifiedAt: milliseconds, lastModifiedBy: text };
const action = { contentType: 'application/octet-stream', status: 204 };
const attribute = (name: string, value: string) => ({ name, value });
const attributes = (...all: Record<string, string>[]) => ({ attribute: all });

const developer = (more: object = {}): Pattern => ({
  email: 'ada@example.com',
  developerId: uuid,
  userName: 'ada',
  firstName: 'Ada',
  status: 'active',
  organizationName: 'myorg',
  apps: list,
  companies: list,
  attributes: list,
  ...authored,
  ...more,
});

const organizations = [
  get('OrganizationController.getEntityIds', '/organizations?expand=false', { reads: having('myorg') }),
  get('OrganizationController.load', organization, {
    reads: {
      name: 'myorg',
      displayName: text,
      environments: list,
      properties: { property: having({ name: 'features.isMonetizationEnabled', value: 'true' }) },
      type: text,
    },
  }),
];

const newDeveloper = {
  apps: [],
  attributes: [attribute('tier', 'gold')],
  companies: [],
  email: 'ada@example.com',
  firstName: 'Ada',
  lastName: 'Byron',
  userName: 'ada',
};
const changedDeveloper = {
  ...newDeveloper,
  attributes: [attribute('tier', 'silver')],
  developerId: '{developerId}',
  lastName: 'Lovelace',
  organizationName: 'myorg',
  status: 'active',
};
const gold = having(attribute('tier', 'gold'));

const developerCalls = [
  post('DeveloperController.create', developers, {
    body: newDeveloper,
    reads: developer({ lastName: 'Byron', attributes: [attribute('tier', 'gold')] }),
    saves: { developerId: 'developerId' },
  }),
  post('DeveloperController.create of the same one', developers, {
    body: newDeveloper,
    status: 409,
    reads: { code: text, message: text },
  }),
  get('DeveloperController.load', ada, { reads: developer({ lastName: 'Byron' }) }),
  get('DeveloperController.load by id', `${developers}/{developerId}`, { reads: developer() }),
  get('DeveloperController.load of no developer', `${developers}/nobody%40example.com`, {
    status: 404,
    reads: { code: text, message: text },
  }),
  get('DeveloperController.getEntityIds', `${developers}?expand=false`, { reads: ['ada@example.com'] }),
  get(
    'DeveloperController.getEntityIds, the next page',
    `${developers}?expand=false&startKey=ada%40example.com&count=1`,
    { reads: ['ada@example.com'] },
  ),
  get('DeveloperController.getEntities', `${developers}?expand=true`, { reads: listFirst('developer', [developer()]) }),
  get('DeveloperController.getEntities, the next page', `${developers}?expand=true&startKey=ada%40example.com`, {
    reads: listFirst('developer', [developer()]),
  }),
  put('DeveloperController.update', ada, { body: changedDeveloper, reads: developer({ lastName: 'Lovelace' }) }),
  post('DeveloperController.setStatus', `${ada}?action=inactive`, action),
  get('DeveloperController.load of an inactive one', ada, { reads: developer({ status: 'inactive' }) }),
  post('DeveloperController.setStatus', `${ada}?action=active`, action),
  get('DeveloperController.getAttributes', `${ada}/attributes`, { reads: attributes(attribute('tier', 'silver')) }),
  post('DeveloperController.updateAttributes', `${ada}/attributes`, {
    body: attributes(attribute('tier', 'gold'), attribute('zone', 'eu')),
    status: 200,
    reads: { attribute: gold },
  }),
  get('DeveloperController.getAttribute', `${ada}/attributes/zone`, { reads: attribute('zone', 'eu') }),
  post('DeveloperController.updateAttribute', `${ada}/attributes/zone`, {
    body: { value: 'us' },
    status: 200,
    reads: attribute('zone', 'us'),
  }),
  del('DeveloperController.deleteAttribute', `${ada}/attributes/zone`),
  get('DeveloperController.getAttribute of none', `${ada}/attributes/zone`, { status: 404 }),
];

const newProduct = {
  apiResources: ['/'],
  approvalType: 'auto',
  attributes: [attribute('access', 'public')],
  displayName: 'Weather of today',
  environments: ['test'],
  name: 'Weather today',
  proxies: ['forecast'],
  quota: '100',
  quotaInterval: '1',
  quotaTimeUnit: 'minute',
  scopes: ['read', 'write'],
};
const product: Pattern = { ...newProduct, ...authored };
const weather = `${products}/Weather%20today`;

const productCalls = [
  post('ApiProductController.create', products, { body: newProduct, reads: product }),
  post('ApiProductController.create of a second one', products, {
    body: { ...newProduct, name: 'history', approvalType: 'manual', attributes: [] },
  }),
  get('ApiProductController.load', weather, { reads: product }),
  get('ApiProductController.getEntityIds', `${products}?expand=false`, { reads: ['Weather today', 'history'] }),
  get('ApiProductController.getEntities', `${products}?expand=true`, {
    reads: listFirst('apiProduct', having(product)),
  }),
  get('ApiProductController.getEntities, the next page', `${products}?expand=true&startKey=history&count=1`, {
    reads: listFirst('apiProduct', [{ name: 'history' }]),
  }),
  put('ApiProductController.update', weather, {
    body: { ...newProduct, displayName: 'Weather' },
    reads: { displayName: 'Weather', ...authored },
  }),
  post('ApiProductController.updateAttributes', `${weather}/attributes`, {
    body: attributes(attribute('access', 'public'), attribute('a', '1')),
    status: 200,
    reads: { attribute: having(attribute('a', '1')) },
  }),
  get('ApiProductController.getAttributes', `${weather}/attributes`, {
    reads: { attribute: having(attribute('access', 'public')) },
  }),
  get('ApiProductController.getAttribute', `${weather}/attributes/a`, { reads: attribute('a', '1') }),
  post('ApiProductController.updateAttribute', `${weather}/attributes/a`, {
    body: { value: '2' },
    status: 200,
    reads: attribute('a', '2'),
  }),
  del('ApiProductController.deleteAttribute', `${weather}/attributes/a`),
  get('ApiProductController.searchByAttribute', `${products}?attributename=access&attributevalue=public`, {
    reads: ['Weather today'],
  }),
];

const key = (more: object = {}): Pattern => ({
  apiProducts: list,
  attributes: list,
  consumerKey: text,
  consumerSecret: text,
  expiresAt: -1,
  issuedAt: milliseconds,
  scopes: list,
  status: 'approved',
  ...more,
});
const approved = [{ apiproduct: 'Weather today', status: 'approved' }];
const newApp = {
  apiProducts: ['Weather today'],
  appFamily: 'default',
  attributes: [attribute('DisplayName', 'An app')],
  callbackUrl: 'https://example.com/callback',
  credentials: [],
  name: 'My app',
  scopes: [],
};
const app = (more: object = {}): Pattern => ({
  appFamily: 'default',
  appId: uuid,
  attributes: having(attribute('DisplayName', 'An app')),
  callbackUrl: 'https://example.com/callback',
  credentials: having(key({ apiProducts: approved })),
  developerId: uuid,
  name: 'My app',
  scopes: nothing,
  status: 'approved',
  ...authored,
  ...more,
});
const changedApp = {
  appFamily: 'default',
  appId: '{appId}',
  attributes: [attribute('DisplayName', 'An app'), attribute('Notes', 'n')],
  callbackUrl: 'https://example.com/callback',
  credentials: [
    { consumerKey: '{key}', apiProducts: approved, attributes: [], expiresAt: -1, scopes: [], status: 'approved' },
  ],
  developerId: '{developerId}',
  name: 'My app',
  scopes: [],
  status: 'approved',
};
const mine = `${apps}/My%20app`;
const all = `${organization}/apps`;

const appCalls = [
  post('DeveloperAppController.create', apps, {
    body: newApp,
    reads: app(),
    saves: { appId: 'appId', key: 'credentials.0.consumerKey' },
  }),
  get('DeveloperAppController.load', mine, { reads: app() }),
  get('DeveloperAppController.getEntityIds', `${apps}?expand=false`, { reads: ['My app'] }),
  get('DeveloperAppController.getEntities', `${apps}?expand=true`, { reads: listFirst('app', [app()]) }),
  put('DeveloperAppController.update', mine, {
    body: changedApp,
    reads: app({ attributes: having(attribute('Notes', 'n')) }),
  }),
  post('DeveloperAppController.setStatus', `${mine}?action=revoke`, action),
  get('DeveloperAppController.load of a revoked one', mine, { reads: app({ status: 'revoked' }) }),
  post('DeveloperAppController.setStatus', `${mine}?action=approve`, action),
  post('DeveloperAppController.updateAttributes', `${mine}/attributes`, {
    body: attributes(attribute('DisplayName', 'An app'), attribute('a', '1')),
    status: 200,
    reads: { attribute: having(attribute('a', '1')) },
  }),
  get('DeveloperAppController.getAttributes', `${mine}/attributes`, {
    reads: { attribute: having(attribute('a', '1')) },
  }),
  get('DeveloperAppController.getAttribute', `${mine}/attributes/a`, { reads: attribute('a', '1') }),
  post('DeveloperAppController.updateAttribute', `${mine}/attributes/a`, {
    body: { value: '2' },
    status: 200,
    reads: attribute('a', '2'),
  }),
  del('DeveloperAppController.deleteAttribute', `${mine}/attributes/a`),
  get('AppController.loadApp', `${all}/{appId}`, { reads: app() }),
  get('AppController.listAppIds', `${all}?expand=false`, { reads: having(uuid) }),
  get('AppController.listApps', `${all}?expand=true&includeCred=true`, { reads: listFirst('app', [app()]) }),
  get('AppController.listApps, the next page', `${all}?expand=true&includeCred=true&startKey={appId}`, {
    reads: listFirst('app', [app()]),
  }),
  get('AppController.listApps without keys', `${all}?expand=true&includeCred=false`, {
    reads: listFirst('app', [{ appId: uuid }]),
  }),
  get('AppController.listAppIdsByStatus', `${all}?expand=false&status=revoked`, { reads: nothing }),
  get('AppController.listAppsByStatus', `${all}?expand=true&status=approved&includeCred=true`, {
    reads: listFirst('app', [app()]),
  }),
  get('AppController.listAppIdsByType', `${all}?expand=false&apptype=developer`, { reads: [uuid] }),
  get('AppController.listAppIdsByFamily', `${all}?expand=false&appfamily=default`, { reads: [uuid] }),
  get('DeveloperController.getDeveloperByApp', `${developers}?app=My%20app`, { reads: { developer: [developer()] } }),
  get('DeveloperController.getDeveloperByApp of no app', `${developers}?app=none`, { reads: { developer: nothing } }),
];

const own = `${keys}/my-key`;

const keyCalls = [
  get('DeveloperAppCredentialController.load', `${keys}/{key}`, { reads: key({ apiProducts: approved }) }),
  post('DeveloperAppCredentialController.create', `${keys}/create`, {
    body: { consumerKey: 'my-key', consumerSecret: 'my-secret' },
    reads: key({ consumerKey: 'my-key', consumerSecret: 'my-secret', apiProducts: nothing }),
  }),
  post('DeveloperAppCredentialController.addProducts', own, {
    body: { apiProducts: ['Weather today'] },
    status: 200,
    reads: key({ apiProducts: approved }),
  }),
  post(
    'DeveloperAppCredentialController.setApiProductStatus',
    `${own}/apiproducts/Weather%20today?action=revoke`,
    action,
  ),
  get('DeveloperAppCredentialController.load of a revoked product', own, {
    reads: key({ apiProducts: [{ apiproduct: 'Weather today', status: 'revoked' }] }),
  }),
  post('DeveloperAppCredentialController.setStatus', `${own}?action=revoke`, action),
  get('DeveloperAppCredentialController.load of a revoked one', own, { reads: key({ status: 'revoked' }) }),
  post('DeveloperAppCredentialController.setStatus', `${own}?action=approve`, action),
  put('DeveloperAppCredentialController.overrideScopes', own, {
    body: { scopes: ['read'] },
    reads: key({ scopes: ['read'] }),
  }),
  post('DeveloperAppCredentialController.updateAttributes', `${own}/attributes`, {
    body: attributes(attribute('a', '1')),
    status: 200,
    reads: attributes(attribute('a', '1')),
  }),
  get('DeveloperAppCredentialController.getAttribute', `${own}/attributes/a`, { reads: attribute('a', '1') }),
  post('DeveloperAppCredentialController.updateAttribute', `${own}/attributes/a`, {
    body: { value: '2' },
    status: 200,
    reads: attribute('a', '2'),
  }),
  get('DeveloperAppCredentialController.getAttributes', `${own}/attributes`, {
    reads: attributes(attribute('a', '2')),
  }),
  del('DeveloperAppCredentialController.deleteAttribute', `${own}/attributes/a`),
  del('DeveloperAppCredentialController.deleteApiProduct', `${own}/apiproducts/Weather%20today`, {
    reads: key({ apiProducts: nothing }),
  }),
  put('DeveloperAppCredentialController.generate', mine, {
    body: {
      apiProducts: ['Weather today'],
      attributes: [attribute('DisplayName', 'An app')],
      callbackUrl: 'https://example.com/callback',
      keyExpiresIn: '3600000',
      scopes: ['read'],
    },
    reads: { credentials: [key({ expiresAt: milliseconds }), key(), key()] },
  }),
  del('DeveloperAppCredentialController.delete', own, { reads: key({ consumerKey: 'my-key' }) }),
  get('DeveloperAppCredentialController.load of none', own, { status: 404 }),
];

const deletions = [
  del('DeveloperAppController.delete', mine, { reads: { name: 'My app', appId: uuid } }),
  get('DeveloperAppController.load of none', mine, { status: 404 }),
  del('ApiProductController.delete', `${products}/history`, { reads: { name: 'history' } }),
  del('DeveloperController.delete', ada, { reads: developer({ lastName: 'Lovelace' }) }),
  get('DeveloperController.getEntities of none', `${developers}?expand=true`, {
    reads: listFirst('developer', nothing),
  }),
];

replay([...organizations, ...developerCalls, ...productCalls, ...appCalls, ...keyCalls, ...deletions], {
  Accept: 'application/json; charset=utf-8',
  'User-Agent': 'Apigee Edge PHP Client/3.0.8; PHP/8.2',
});
