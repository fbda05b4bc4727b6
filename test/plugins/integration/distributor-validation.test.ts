import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertError, assertInvalid } from '../../support/assert-error.ts';
import { base, basic, type DistributorClient, meta, nodeId, startDistributors } from './distributor-client.ts';

const token = { type: 2, token: 'abc.DEF-123' };
const auth = 'meta.authentication';
type Refused = readonly [note: string, given: unknown, ...fields: string[]];

const bad: readonly Refused[] = [
  ['text', 'https://example.com', 'meta'],
  ['an array', [], 'meta'],
  ['a number', 1, 'meta'],
  ['nothing in it', {}, 'meta.host', 'meta.path'],
  ['no host', { ...meta, host: undefined }, 'meta.host'],
  ['no path', { ...meta, path: undefined }, 'meta.path'],
  ['unknown fields', { ...meta, extra: 1, headers: {} }, 'meta.extra', 'meta.headers'],
  ['field names in capitals', { ...meta, Host: 'https://example.com' }, 'meta.Host'],
  ...[
    '',
    'example.com',
    '//example.com',
    'ftp://example.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
    'https://user@example.com',
    'https://user:pass@example.com',
    'https://@example.com',
    'https://example.com/path',
    'https://example.com//',
    'https://example.com?a',
    'https://example.com/?a',
    'https://example.com#a',
    'https://example.com:99999',
    'https://example.com:port',
    'https://exa mple.com',
    'https://example.com\\path',
    'https:\\\\example.com',
    'https:/example.com',
    ' https://example.com',
    'https://example.com\n',
    'https://exam\tple.com',
    'https://[::1',
    `https://${'a'.repeat(2050)}`,
    17,
    null,
    true,
    ['https://example.com'],
    { host: 'https://example.com' },
  ].map((host) => [`host ${JSON.stringify(host)?.slice(0, 40)}`, { ...meta, host }, 'meta.host'] as const),
  ...[
    '',
    'webhook',
    '?a',
    '/a#b',
    '/a\\b',
    '/a\nb',
    '/a\u0000',
    '/\u007f',
    '\n/a',
    ' /a',
    `/${'a'.repeat(2048)}`,
    5,
    null,
  ].map((path) => [`path ${JSON.stringify(path)?.slice(0, 40)}`, { ...meta, path }, 'meta.path'] as const),
  ...[0, 6, -1, 1.5, '1', 'get', 'HEAD', 'OPTIONS', 'TRACE', '', null, true, [1], {}, 1e300].map(
    (method) => [`method ${JSON.stringify(method)}`, { ...meta, method }, 'meta.method'] as const,
  ),
  ...['x', 1, [], true].map(
    (authentication) => [`authentication ${authentication}`, { ...meta, authentication }, auth] as const,
  ),
];

const badAuthentication: readonly Refused[] = [
  ['no type and no credentials', {}, auth],
  ['no type and a user alone', { username: 'user' }, `${auth}.password`],
  ['no type and a password alone', { password: 'pass' }, `${auth}.username`],
  ['no type and a bad user', { username: 'a:b', password: 'pass' }, `${auth}.username`],
  ['no type and a bad token', { token: 'a b' }, `${auth}.token`],
  ['no type and both kinds', { username: 'user', password: 'pass', token: 'abc' }, auth],
  ['no type and halves of both kinds', { username: 'user', token: 'abc' }, auth],
  ['no type and an unknown field', { token: 'abc', realm: 'x' }, `${auth}.realm`],
  ...[0, 3, '1', 1.5, null, true, 'basic'].flatMap((type) => [
    [`type ${type}`, { ...basic, type }, `${auth}.type`] as const,
    [`type ${type} and a token`, { ...token, type }, `${auth}.type`] as const,
  ]),
  ['Basic alone', { type: 1 }, `${auth}.username`, `${auth}.password`],
  ['no user', { type: 1, password: 'pass' }, `${auth}.username`],
  ['no password', { type: 1, username: 'user' }, `${auth}.password`],
  ['empty texts', { type: 1, username: '', password: '' }, `${auth}.username`, `${auth}.password`],
  ['a token beside Basic', { ...basic, token: 'abc' }, `${auth}.token`],
  ['Token alone', { type: 2 }, `${auth}.token`],
  ['Basic beside a token', { ...token, username: 'u', password: 'p' }, `${auth}.username`, `${auth}.password`],
  ['unknown fields', { ...basic, realm: 'x' }, `${auth}.realm`],
  ...['a:b', ':', 'a\nb', 'a\u0000', '\u007f', '\u0085', 'u'.repeat(256), 1, null, ['u'], '\ud800'].map(
    (username) => [`user ${JSON.stringify(username)}`, { ...basic, username }, `${auth}.username`] as const,
  ),
  ...['a\r\nX-Header: b', '\u0000', '\u001f', 'p'.repeat(4097), 1, null, {}, '\udfff'].map(
    (password) =>
      [`password ${JSON.stringify(password).slice(0, 30)}`, { ...basic, password }, `${auth}.password`] as const,
  ),
  ...['a b', 'a\nb', 'tökèn', '', 't'.repeat(4097), 1, null].map(
    (value) => [`token ${JSON.stringify(value).slice(0, 30)}`, { type: 2, token: value }, `${auth}.token`] as const,
  ),
];

describe('refused values of meta', () => {
  let client: DistributorClient;
  before(async () => {
    client = await startDistributors();
  });
  after(() => client.close());

  test('every rule is checked, and the answer names every bad field and quotes no value', async () => {
    const cases = [
      ...bad,
      ...badAuthentication.map(
        ([note, value, ...fields]) => [note, { ...meta, authentication: value }, ...fields] as const,
      ),
    ];
    for (const [note, value, ...fields] of cases) assertInvalid(await client.create(value), fields, note);
    assert.equal((await client.call(base)).body.total, 0);
  });

  test('PUT checks the same rules as POST', async () => {
    const { id } = (await client.create(meta)).body;
    for (const [note, value, ...fields] of bad) assertInvalid(await client.update(id, { meta: value }), fields, note);
    assert.equal((await client.read(id)).body.meta.host, meta.host);
  });

  test('bad fields of path, query and body are reported together', async () => {
    const answer = await client.call(`${base}/nodes/not-a-uuid?page=1`, {
      body: { unknown: 1, meta: { host: 5, path: 'x', method: 9, authentication: { type: 1, password: 's3cr3t\n' } } },
    });
    assertInvalid(answer, [
      'node_id',
      'page',
      'unknown',
      'meta.host',
      'meta.path',
      'meta.method',
      'meta.authentication.username',
      'meta.authentication.password',
    ]);
    const places = answer.body.error.details.fields.map(({ path, in: place }: Record<string, string>) => [path, place]);
    assert.deepEqual(places.slice(0, 3), [
      ['node_id', 'path'],
      ['page', 'query'],
      ['meta.host', 'body'],
    ]);
    assert.ok(!answer.text.includes('s3cr3t'), answer.text);
  });

  test('the answer has the first hundred of many bad fields, and only the first of thousands', async () => {
    const told = async (count: number): Promise<number> => {
      const many = Object.fromEntries(Array.from({ length: count }, (_, index) => [`field${index}`, index]));
      const answer = await client.call(`${base}/nodes/${nodeId}`, { body: many });
      assertError(answer, 'VALIDATION_ERROR');
      assert.ok(answer.text.length < 20_000);
      return answer.body.error.details.fields.length;
    };
    assert.deepEqual([await told(99), await told(300), await told(5000)], [99, 100, 1]);
  });

  test('invalid UUIDs are refused', async () => {
    for (const id of [
      'x',
      '1',
      'e40efce438a346c4a202e8db95d0409c',
      '{e40efce4-38a3-46c4-a202-e8db95d0409c}',
      'e40efce4-38a3-46c4-a202-e8db95d0409',
      'e40efce4-38a3-46c4-a202-e8db95d0409cc',
      'g40efce4-38a3-46c4-a202-e8db95d0409c',
      'e40efce4_38a3_46c4_a202_e8db95d0409c',
      '%20e40efce4-38a3-46c4-a202-e8db95d0409c',
      'e40efce4-38a3-46c4-a202-e8db95d0409c%0a',
      "e40efce4-38a3-46c4-a202-e8db95d0409c'--",
      '__proto__',
      'constructor',
    ]) {
      assertInvalid(await client.read(id), ['id'], id);
      assertInvalid(await client.update(id, {}), ['id'], id);
      assertInvalid(await client.call(`${base}/${id}`, { method: 'DELETE' }), ['id'], id);
      assertInvalid(await client.call(`${base}/nodes/${id}`), ['node_id'], id);
      assertInvalid(await client.create(meta, id), ['node_id'], id);
    }
  });
});
