import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { readApiDocument } from '../../conformance/document/api-document.ts';
import { rulesOf } from '../../conformance/document/beyond-schemas.ts';
import { startDocumentProxy } from '../../conformance/document/document-proxy.ts';
import { checkExchange, type Exchange } from '../../conformance/document/exchange-check.ts';
import { variantsOf } from '../../conformance/document/variants.ts';

const note = {
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string', maxLength: 3 }, size: { type: ['integer', 'null'] } },
};
const raw = {
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  paths: {
    '/notes/{id}': {
      put: {
        security: [{ bearer: [] }],
        parameters: [
          { name: 'X-Target-Server', in: 'header', required: true, schema: { const: 'notes' } },
          { name: 'id', in: 'path', required: true, schema: { type: 'integer' } },
          { name: 'dry', in: 'query', schema: { type: 'boolean' } },
        ],
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/NoteInput' } } },
        },
        responses: {
          200: {
            headers: { ETag: { required: true, schema: { type: 'string' } } },
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Note' } } },
          },
          204: {},
          '4XX': { $ref: '#/components/responses/Error' },
          500: { $ref: '#/components/responses/Error' },
        },
      },
    },
    '/notes/new': { put: { responses: { 204: {} } } },
  },
  components: {
    schemas: { Note: note, NoteInput: { ...note, additionalProperties: false } },
    responses: {
      Error: { headers: { ETag: {} }, content: { 'application/json': { schema: { required: ['error'] } } } },
    },
  },
};
const document = readApiDocument(raw);

const good: Exchange = {
  method: 'PUT',
  target: '/notes/7?dry=true&other=1',
  headers: { 'x-target-server': 'notes', authorization: 'Bearer x', 'content-type': 'application/json; charset=utf-8' },
  body: Buffer.from('{"text":"abc","size":null}'),
  status: 200,
  responseHeaders: { 'content-type': 'application/json; charset=utf-8', etag: '"1"', 'x-request-id': '1' },
  responseBody: Buffer.from('{"text":"😀😀😀"}'),
};
const refusal = {
  status: 400,
  responseBody: Buffer.from('{"error":{"code":"VALIDATION_ERROR","details":{"fields":[{"message":"text is bad"}]}}}'),
};

const kindsOf = (change: Partial<Exchange>): string[] =>
  checkExchange(document, { ...good, ...change }).map(({ kind }) => kind);
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const headers = (change: Exchange['headers']): Partial<Exchange> => ({ headers: { ...good.headers, ...change } });

describe('the comparison of a call with the document', () => {
  test('a call as documented is no violation', () => {
    assert.deepEqual(kindsOf({}), []);
    assert.deepEqual(kindsOf({ ...headers({ 'content-type': 'application/vnd.note+json' }) }), []);
    assert.deepEqual(kindsOf({ status: 204, responseBody: Buffer.alloc(0), responseHeaders: {} }), []);
    assert.deepEqual(kindsOf({ ...refusal, body: json({}) }), []);
    assert.deepEqual(kindsOf({ method: 'GET', target: '/healthz', headers: {} }), []);
  });

  test('an invalid request that was taken is one', () => {
    const invalid: Partial<Exchange>[] = [
      { target: '/notes/x' },
      { target: '/notes/7?dry=yes' },
      headers({ 'x-target-server': undefined }),
      headers({ 'x-target-server': 'others' }),
      headers({ authorization: undefined }),
      headers({ 'content-type': 'text/plain' }),
      { body: Buffer.alloc(0) },
      { body: Buffer.from('{') },
      { body: json({}) },
      { body: json({ text: 'abcd' }) },
      { body: json({ text: 'a', size: 'b' }) },
      { body: json({ text: 'a', more: 1 }) },
    ];
    for (const each of invalid) assert.deepEqual(kindsOf(each), ['invalid request taken'], JSON.stringify(each));
  });

  test('a valid request that was refused is one, and failures of the server are', () => {
    assert.deepEqual(kindsOf(refusal), ['valid request refused']);
    assert.deepEqual(kindsOf({ status: 404, responseBody: json({ error: {} }) }), []);
    assert.deepEqual(kindsOf({ status: 500, responseBody: json({ error: {} }) }), ['failure of the server']);
  });

  test('a response that is not documented is one', () => {
    const type = good.responseHeaders['content-type'];
    for (const [change, kind] of [
      [{ status: 201 }, 'undocumented status'],
      [{ responseHeaders: { etag: '1', 'content-type': 'text/html' } }, 'undocumented content type'],
      [{ status: 204, responseHeaders: { 'content-type': type } }, 'undocumented content type'],
      [{ responseBody: Buffer.alloc(0) }, 'invalid response body'],
      [{ responseBody: Buffer.from('x') }, 'invalid response body'],
      [{ responseBody: json({ text: 1 }) }, 'invalid response body'],
      [{ responseBody: json({ text: 'a', more: 1 }) }, 'invalid response body'],
      [{ status: 409, responseBody: json({}) }, 'invalid response body'],
      [{ responseHeaders: { 'content-type': type } }, 'invalid response header'],
      [{ responseHeaders: { ...good.responseHeaders, location: '/' } }, 'undocumented response header'],
      [{ target: '/others' }, 'undocumented operation'],
    ] as const)
      assert.deepEqual(kindsOf(change), [kind], JSON.stringify(change));
  });

  test('a fixed segment goes before a parameter', () => {
    assert.equal(document.find('PUT', '/notes/new')?.operation.path, '/notes/new');
    assert.deepEqual({ ...document.find('PUT', '/notes/%C3%BC')?.params }, { id: 'ü' });
    assert.equal(document.find('GET', '/notes/new'), undefined);
  });

  test('only a refusal whose every cause is beyond schemas is excused', () => {
    const refused = (...messages: string[]) =>
      JSON.stringify({ error: { details: { fields: messages.map((message) => ({ message })) } } });
    assert.equal(rulesOf(refused('unknown is not allowed'))?.length, 1);
    assert.equal(rulesOf(refused('unknown is not allowed', 'text is bad')), undefined);
    assert.equal(rulesOf(refused()), undefined);
  });
});

describe('the proxy', () => {
  test('the proxy forwards requests and responses unchanged, and compares them', async () => {
    const server = createServer(async (req, res) => {
      const body = (await req.toArray()).join('');
      res
        .writeHead(200, ['ETag', '"1"', 'Content-Type', 'application/json'])
        .end(`{"text":"${req.method}","size":${body.length}}`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = await startDocumentProxy(
      new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
      document,
    );
    try {
      const send = async (body: string) => {
        const headers = good.headers as Record<string, string>;
        const answer = await fetch(`${proxy.url}/notes/7`, { method: 'PUT', headers, body });
        return [answer.status, answer.headers.get('etag'), await answer.text()];
      };
      assert.deepEqual(await send('{"text":"a"}'), [200, '"1"', '{"text":"PUT","size":12}']);
      assert.deepEqual(proxy.violations, []);
      await send('{"text":1}');
      assert.deepEqual(
        proxy.violations.map(({ kind, call }) => `${kind}: ${call}`),
        ['invalid request taken: PUT /notes/{id}'],
      );
      assert.equal(proxy.calls, 2);
    } finally {
      await proxy.close();
      server.close();
      server.closeAllConnections();
    }
  });
});

describe('the variants of a call', () => {
  test('variants change one parameter, header or member at a time, the document names the members', () => {
    const { operation } = document.find('PUT', '/notes/7') ?? assert.fail();
    const call = { operation, params: { id: '7' }, query: [], headers: {}, body: { text: 'a' } };
    const variants = variantsOf(call, document.resolve);
    const bodies = variants.map(({ call: { body } }) => JSON.stringify(body));
    for (const body of [
      '{}',
      '{"text":"a","unknown":1}',
      '{"text":"a","size":null}',
      '{"text":"xxxx"}',
      '{"text":"😀😀😀"}',
    ])
      assert.ok(bodies.includes(body), body);
    assert.ok(variants.some(({ call: { params } }) => params.id === '01'));
    assert.ok(
      variants.some(({ call: { query } }) => query.some(([name, value]) => name === 'dry' && value === 'TRUE')),
    );
    assert.ok(variants.some(({ call: { body } }) => body === undefined));
  });
});
