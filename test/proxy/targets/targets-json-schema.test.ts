import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { checkDefinitions } from '../../../src/proxy/targets/target-schema.ts';
import { readTargetsFile } from '../../../src/proxy/targets/targets-file.ts';
import { createTargetsJsonSchema } from '../../../src/proxy/targets/targets-json-schema.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const published = JSON.parse(readFileSync(join(root, 'targets.schema.json'), 'utf8'));
const accepts = new Ajv2020({ strictTypes: false }).compile(published);

test('targets.schema.json is up to date (npm run schema writes it)', () => {
  assert.deepEqual(published, createTargetsJsonSchema());
});

const upstreams = ['http://127.0.0.1:9001'];
const one = (definition: unknown, name = 'billing') => ({ targets: { [name]: definition } });
const withKey = (key: string, value: unknown) => one({ upstreams, [key]: value });
const withHeader = (name: string, value: unknown) => withKey('headers', { set: { [name]: value } });

const good: Record<string, unknown> = {
  none: { targets: {} },
  least: one({ upstreams }),
  'a name of one letter': one({ upstreams }, 'a'),
  'the longest name': one({ upstreams }, 'a'.repeat(64)),
  https: one({ upstreams: ['https://a.example.com/', 'http://[::1]:9001', 'http://my_service:80'] }),
  paths: one({ upstreams, prefixes: ['/a', '/a/b.c'], stripPrefix: '/api/v1', addPrefix: '/..a' }),
  hosts: withKey('hosts', ['shop.example.com', 'Shop-1.Example.com.', 'localhost', '10.0.0.1']),
  scopes: withKey('scopes', ['billing:read']),
  switches: one({ upstreams, public: true, forwardAuthorization: true, preserveHost: false }),
  limits: one({ upstreams, maxBodyBytes: 1, rateLimitPerMinute: 10 }),
  timeouts: withKey('timeouts', { connectMs: 1, totalMs: 0 }),
  'no timeouts': withKey('timeouts', {}),
  'health check': withKey('healthCheck', { path: '/healthz?full=1' }),
  breaker: withKey('breaker', { failures: 1 }),
  websocket: withKey('websocket', { enabled: true, origins: ['https://a'], tokenFrom: ['query', 'header'] }),
  headers: withKey('headers', { set: { 'X-Key': 'Ünïq\t', 'X-Empty': '' }, remove: ['X-A'] }),
  'a header that begins like another': withHeader('Hostess', 'a'),
  'CORS of the backend': withKey('cors', 'pass-through'),
  'CORS by default': withKey('cors', {}),
  'CORS for all': withKey('cors', { origins: '*', methods: ['*'], headers: '*', expose: ['*'], maxAgeS: 0 }),
  'CORS for some': withKey('cors', { origins: ['https://a:1'], methods: ['GET'], headers: ['X-A'], credentials: true }),
  metering: withKey('metering', { product: 'weather' }),
};

const bad: Record<string, unknown> = {
  nothing: null,
  list: [],
  'no targets': {},
  'targets that are none': { targets: null },
  'an unknown key': { targets: {}, version: 1 },
  'a target that is none': one(null),
  'no upstreams': one({}),
  'an empty list of upstreams': one({ upstreams: [] }),
  'a host with a port': withKey('hosts', ['shop.example.com:443']),
  'a host with a scheme': withKey('hosts', ['https://shop.example.com']),
  'a host with a wildcard': withKey('hosts', ['*.example.com']),
  'a host that is empty': withKey('hosts', ['']),
  'a host with an empty label': withKey('hosts', ['shop..example.com']),
  'a host twice': withKey('hosts', ['shop.example.com', 'shop.example.com']),
  'an upstream twice': one({ upstreams: [...upstreams, ...upstreams] }),
  'an upstream with a path': one({ upstreams: ['http://a/b'] }),
  'an upstream with a query': one({ upstreams: ['http://a/?b'] }),
  'an upstream with a user': one({ upstreams: ['http://user:password@a'] }),
  'an upstream of another scheme': one({ upstreams: ['ftp://a'] }),
  'an upstream without a scheme': one({ upstreams: ['127.0.0.1:9001'] }),
  'a name in capitals': one({ upstreams }, 'Billing'),
  'a name that ends with a dash': one({ upstreams }, 'billing-'),
  'a name that is too long': one({ upstreams }, 'a'.repeat(65)),
  'a misspelt key': withKey('upstream', []),
  'a prefix without a slash': withKey('prefixes', ['a']),
  'a prefix that ends with one': withKey('prefixes', ['/a/']),
  'a prefix with dots': withKey('prefixes', ['/a/../b']),
  'the prefix of everything': withKey('prefixes', ['/']),
  'a prefix in escapes': withKey('prefixes', ['/%61']),
  'a scope with a space': withKey('scopes', ['a b']),
  'a scope alone': withKey('scopes', 'billing:read'),
  'a switch in quotes': withKey('public', 'true'),
  'a limit in quotes': withKey('maxBodyBytes', '1'),
  'a negative limit': withKey('maxBodyBytes', -1),
  'half a byte': withKey('maxBodyBytes', 0.5),
  'no time to connect': withKey('timeouts', { connectMs: 0 }),
  'more time than a timer has': withKey('timeouts', { idleMs: 2 ** 31 }),
  'an unknown timeout': withKey('timeouts', { readMs: 1 }),
  'a check without a path': withKey('healthCheck', { intervalMs: 1000 }),
  'checks too often': withKey('healthCheck', { path: '/', intervalMs: 99 }),
  'a check with a fragment': withKey('healthCheck', { path: '/#a' }),
  'a breaker that is always open': withKey('breaker', { failures: 0 }),
  'an unknown place': withKey('websocket', { tokenFrom: ['body'] }),
  'no place': withKey('websocket', { tokenFrom: [] }),
  'a page for an origin': withKey('websocket', { origins: ['https://a/b'] }),
  'CORS in another word': withKey('cors', 'none'),
  'CORS for a page': withKey('cors', { origins: ['https://a/b'] }),
  'CORS for a wildcard': withKey('cors', { origins: ['https://*.example.com'] }),
  'CORS for a method in small letters': withKey('cors', { methods: ['get'] }),
  'CORS for a method that is never passed on': withKey('cors', { methods: ['TRACE'] }),
  'CORS for a header with a space': withKey('cors', { headers: ['X A'] }),
  'CORS for two headers in one': withKey('cors', { expose: ['X-A, X-B'] }),
  'CORS for more than a day': withKey('cors', { maxAgeS: 86_401 }),
  'CORS with an unknown key': withKey('cors', { maxAge: 1 }),
  'certificates without a file': withKey('tls', {}),
  'a header of the framing': withHeader('Transfer-Encoding', 'chunked'),
  'a header of the framing, in small letters': withHeader('content-length', '1'),
  'a header with a space': withHeader('X Key', 'a'),
  'a value of two lines': withHeader('X-Key', 'a\r\nX-Other: b'),
  'a value that is no text': withHeader('X-Key', 1),
  'to remove what frames': withKey('headers', { remove: ['HOST'] }),
  'to remove nothing': withKey('headers', { remove: [''] }),
  'no product': withKey('metering', {}),
  'a product without a name': withKey('metering', { product: '' }),
};

test('the schema for editors accepts and refuses the same files as the start', () => {
  const judge = (definition: unknown) => ({
    start: checkDefinitions(definition, '.').problems.length === 0,
    editor: accepts(definition),
  });
  for (const [what, definition] of Object.entries(good))
    assert.deepEqual(judge(definition), { start: true, editor: true }, what);
  for (const [what, definition] of Object.entries(bad))
    assert.deepEqual(judge(definition), { start: false, editor: false }, what);
});

test('the schema accepts variables in place of values', () => {
  const variable = `\${NAME}`;
  assert.ok(accepts(one({ upstreams: [`http://${variable}:80`], prefixes: [variable], scopes: [variable] })));
  assert.ok(accepts(withHeader('X-Key', variable)));
  assert.ok(!accepts(one({ upstreams: ['http://${NAME'] })));
});

test('every key has a description', () => {
  const undescribed: string[] = [];
  const look = (node: Record<string, Record<string, unknown>>, place: string): void => {
    for (const [key, value] of Object.entries({ ...node.properties })) {
      const property = value as Record<string, Record<string, unknown>>;
      if (property.description === undefined) undescribed.push(`${place}${key}`);
      look(property, `${place}${key}.`);
    }
  };
  look(published, '');
  const [target] = Object.values(published.properties.targets.patternProperties);
  look(target as Record<string, Record<string, unknown>>, 'targets.*.');
  assert.deepEqual(undescribed, []);
});

test('the example file is valid', () => {
  const path = join(root, 'targets.example.yaml');
  const targets = readTargetsFile(path, { BILLING_KEY: 'a-key' });
  assert.deepEqual(
    targets.map(({ name }) => name),
    ['billing', 'catalogue', 'live'],
  );
  assert.ok(accepts(parse(readFileSync(path, 'utf8'))));
});
