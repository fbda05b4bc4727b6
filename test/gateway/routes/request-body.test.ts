import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import Joi from 'joi';
import { definePlugin, defineRoute } from '../../../src/plugin.ts';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { assertError } from '../../support/assert-error.ts';
import { echo } from '../../support/echo-plugin.ts';
import { rawRequest, requestText } from '../../support/raw-request.ts';

const limit = 1024;

const takes = (path: string, bodyLimit: number) =>
  defineRoute({
    method: 'POST',
    path,
    summary: 'Take a body',
    body: Joi.object().unknown(),
    bodyLimit,
    answers: { 200: { description: 'Taken.' } },
    handler: (_req, res) => res.json({}),
  });

const limits = definePlugin({
  name: 'limits',
  apiVersion: 1,
  setup: () => ({ routes: [takes('/small', 100), takes('/large', 10 * limit)] }),
});

describe('request bodies', () => {
  let gateway: TestGateway;
  let token: string;

  before(async () => {
    gateway = await createTestGateway({ plugins: [echo, limits], env: { BODY_LIMIT: String(limit) } });
    token = await gateway.token();
  });
  after(() => gateway.close());

  const post = (body: string, headers: Record<string, string> = {}) =>
    gateway.request('/echo', { token, body, headers });
  const text = (headers: readonly string[], body = '') =>
    requestText('POST /echo', [`Authorization: Bearer ${token}`, ...headers], body);
  const raw = (headers: readonly string[], body = '', options = {}) =>
    rawRequest(gateway.port, text(headers, body), options);
  /** All that the gateway writes until it closes the connection. */
  const readAll = async (request: string): Promise<string> => {
    const socket = connect(gateway.port, '127.0.0.1').setEncoding('utf8');
    socket.write(request);
    return (await socket.toArray()).join('');
  };
  const json = 'Content-Type: application/json';
  const ofLength = (bytes: number): string => JSON.stringify({ a: 'x'.repeat(bytes - 8) });

  test('a route has its own limit, below BODY_LIMIT', async () => {
    const status = async (path: string, bytes: number) =>
      (await gateway.request(path, { target: 'limits', token, body: ofLength(bytes) })).status;
    assert.deepEqual([await status('/small', 100), await status('/small', 101)], [200, 413]);
    assert.deepEqual([await status('/large', limit), await status('/large', limit + 1)], [200, 413]);
  });

  test('bodies are read as JSON in UTF-8, for every spelling of that type', async () => {
    for (const type of [
      'application/json',
      'Application/JSON',
      'APPLICATION/JSON;CHARSET=UTF8',
      'application/json;charset=UTF8',
      'application/json;',
      'application/json ; ; charset=utf-8 ;',
      'application/json; odata.metadata=minimal',
      'application/json; odata.metadata=minimal; charset="utf-8"; IEEE754Compatible=true',
      'application/json; profile="https://example.com/a;b, \\"c\\" charset=latin1"',
      'application/merge-patch+json',
      'application/vnd.api+json; ext="a"',
      'application/problem+json; charset=utf-8',
      'application/json; charset=utf-8',
      'application/json;charset="UTF-8"',
    ])
      assert.deepEqual((await post('{"a":"ü"}', { 'Content-Type': type })).body, { body: { a: 'ü' } }, type);
  });

  test('bodies of any other type, charset or encoding are 415', async () => {
    for (const type of [
      'text/plain',
      'text/json',
      'application/jsonx',
      'application/+json',
      'application/json+xml',
      'application/json-seq',
      'application/merge-patch+jsonx',
      'image/svg+json',
      'application/json charset=utf-8',
      'application/json; charset',
      'application/json; charset=',
      'application/json; charset="utf-8',
      'application/json; charset=us-ascii',
      'application/json; charset=utf-8; charset=utf-8',
      'application/json; a=b c=d',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json; charset=latin1',
      'application/json; charset=utf-16',
      'application/json; charset=utf-8; charset=utf-7',
      'application/json, text/plain',
      'json',
      '*/*',
      '',
    ])
      assertError(await post('{}', { 'Content-Type': type }), 'UNSUPPORTED_MEDIA_TYPE', type);
    assertError(await raw(['Content-Length: 2'], '{}'), 'UNSUPPORTED_MEDIA_TYPE', 'no type');
    for (const encoding of ['gzip', 'br', 'deflate', 'identity, gzip', 'nonsense'])
      assertError(await post('{}', { 'Content-Encoding': encoding }), 'UNSUPPORTED_MEDIA_TYPE', encoding);
    assert.equal((await post('{}', { 'Content-Encoding': 'identity' })).status, 200);
    const packed = gzipSync('{}').toString('latin1');
    assertError(
      await raw([json, 'Content-Encoding: gzip', `Content-Length: ${packed.length}`], packed),
      'UNSUPPORTED_MEDIA_TYPE',
    );
  });

  test('a missing body needs no content type', async () => {
    for (const headers of [[], ['Content-Length: 0'], ['Content-Length: 0', 'Content-Type: text/plain']])
      assert.deepEqual((await raw(headers)).body, { body: {} });
  });

  const chunked = (...parts: readonly string[]): string =>
    [...parts, ''].map((part) => `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`).join('');

  test('an empty chunked body is no body, with and without a type; the connection goes on', async () => {
    const transfer = 'Transfer-Encoding: chunked';
    const types = [[], [json], ['Content-Type: text/plain'], [json, 'Content-Encoding: gzip'], ['Content-Type: x']];
    for (const headers of types)
      assert.deepEqual((await raw([transfer, ...headers], chunked())).body, { body: {} }, headers.join());
    for (const line of ['GET /echo', 'DELETE /echo', 'HEAD /echo']) {
      const { status } = await rawRequest(
        gateway.port,
        requestText(line, [`Authorization: Bearer ${token}`, transfer], chunked()),
      );
      assert.equal(status, line.startsWith('DELETE') ? 405 : 200, line);
    }
    const refused = text([transfer], chunked('{"a":', '1}'));
    assertError(await rawRequest(gateway.port, refused), 'UNSUPPORTED_MEDIA_TYPE');
    const answers = await readAll(refused.replace('Connection: close\r\n', '') + text([transfer], chunked()));
    assert.deepEqual(answers.match(/(?<=HTTP\/1\.1 )\d+/g), ['415', '200']);
  });

  test('malformed bodies are 400 with the position, and are not quoted', async () => {
    for (const [body, position] of [
      ['{"secret":"s3cr3t"', 18],
      ['{"secret":s3cr3t}', 10],
      ['s3cr3t', 0],
      ["{'secret':1}", 1],
      ['{"a":1}}', 7],
      ['   ', 3],
    ] as const) {
      const answer = await post(body);
      assertError(answer, 'MALFORMED_JSON', body);
      assert.equal(answer.body.error.details.position, position, body);
      assert.doesNotMatch(answer.text, /s3cr3t/);
    }
  });

  test('bodies with __proto__, deep nesting or invalid UTF-8 are 400 before validation', async () => {
    const deep = `{"a":${'['.repeat(64)}${']'.repeat(64)}}`;
    for (const body of ['{"a":[{"__proto__":{"x":1}}]}', '{"a":{"\\u005f_proto__":1}}', deep])
      assertError(await post(body), 'MALFORMED_JSON', body);
    assertError(await raw([json, 'Content-Length: 9'], '{"a":"\xff"}'), 'MALFORMED_JSON');
    assert.deepEqual((await post('{"constructor":{"prototype":1}}')).body.body, { constructor: { prototype: 1 } });
  });

  test('JSON bodies other than objects are VALIDATION_ERROR', async () => {
    for (const body of ['null', '17', '"text"', '[]', 'true']) assertError(await post(body), 'VALIDATION_ERROR', body);
  });

  test('bodies up to the limit pass, and larger ones are 413, with or without Content-Length', async () => {
    assert.equal((await post(ofLength(limit))).status, 200);
    assertError(await post(ofLength(limit + 1)), 'PAYLOAD_TOO_LARGE');
    const inChunks = (body: string): string => chunked(...(body.match(/.{1,300}/gs) ?? []));
    const chunks = [json, 'Transfer-Encoding: chunked'];
    assert.equal((await raw(chunks, inChunks(ofLength(limit)))).status, 200);
    const tooLong = await raw(chunks, inChunks(ofLength(limit + 1)));
    assertError(tooLong, 'PAYLOAD_TOO_LARGE');
    assert.equal(tooLong.headers.get('connection'), 'close');
  });

  test('bodies announced as huge are refused before they arrive', async () => {
    assertError(await raw([json, 'Content-Length: 99999999999']), 'PAYLOAD_TOO_LARGE');
    assertError(await raw([json, 'Content-Length: 99999999999', 'Expect: 100-continue']), 'PAYLOAD_TOO_LARGE');
  });

  test('huge bodies are refused while they arrive', async () => {
    const answer = await raw([json, `Content-Length: ${4_000_000}`], 'x'.repeat(4_000_000));
    assertError(answer, 'PAYLOAD_TOO_LARGE');
  });

  test('bodies that end too early are 400', async () => {
    const early = await raw([json, 'Content-Length: 100'], '{"a":1', { end: true });
    assert.equal(early.status, 400, early.text);
    assert.equal(early.body.error.code, 'BAD_REQUEST');
    const chunk = await raw([json, 'Transfer-Encoding: chunked'], '5\r\n{"a"', { end: true });
    assert.equal(chunk.status, 400, chunk.text);
  });

  test('bodies with an ambiguous length are refused', async () => {
    for (const headers of [
      ['Content-Length: 2', 'Transfer-Encoding: chunked'],
      ['Content-Length: 2', 'Content-Length: 3'],
      ['Content-Length: 2', 'Content-Length: 2'],
      ['Content-Length: +2'],
      ['Content-Length: 0x2'],
      ['Content-Length: -1'],
      ['Content-Length: 2 3'],
      ['Transfer-Encoding: identity'],
      ['Transfer-Encoding: chunked, identity'],
      ['Transfer-Encoding: xchunked'],
    ]) {
      const answer = await raw([json, ...headers], '{}', { end: true });
      assert.equal(answer.status, 400, `${headers.join()}: ${answer.status} ${answer.text}`);
      assert.match(answer.body.error.code, /^(BAD_REQUEST|DUPLICATE_HEADER)$/);
    }
  });
});
