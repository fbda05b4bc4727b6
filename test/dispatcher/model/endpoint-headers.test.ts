import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { headerRefusal } from '../../../src/dispatcher/model/endpoint-headers.ts';

const without = { hasAuthorization: false };

const refusalOf = (name: string, value = 'value', credentials = without): string | undefined =>
  headerRefusal(name, value, credentials);

describe('headers of an endpoint', () => {
  test('names and values that HTTP can carry unchanged are accepted', () => {
    for (const name of ['x-tenant', 'X-Api-Key', 'accept', 'cookie', 'x_1', "!#$%&'*+-.^_`|~", 'a'.repeat(100)])
      assert.equal(refusalOf(name), undefined, name);
    for (const value of ['', 'a b', 'é\u00ff', '"quoted"', 'v'.repeat(4096)])
      assert.equal(refusalOf('x-tenant', value), undefined, value);
  });

  test('names of the connection are refused in any case', () => {
    const names = [
      'Connection',
      'keep-alive',
      'PROXY-Authorization',
      'proxy-anything',
      'te',
      'Trailer',
      'upgrade',
      'host',
    ];
    for (const name of [...names, 'Transfer-Encoding', 'content-length', 'expect', 'http2-settings'])
      assert.equal(refusalOf(name), 'belongs to the connection', name);
  });

  test("the gateway's own names are refused in any case", () => {
    const names = [
      'Webhook-Id',
      'webhook-anything',
      'Content-Type',
      'content-encoding',
      'User-Agent',
      'accept-encoding',
    ];
    for (const name of [...names, 'traceparent', 'TraceState', '__proto__'])
      assert.equal(refusalOf(name), 'is set by the gateway', name);
  });

  test('Authorization is refused only while the endpoint has one', () => {
    assert.equal(refusalOf('Authorization'), undefined);
    assert.equal(
      refusalOf('Authorization', 'value', { hasAuthorization: true }),
      "is set by the endpoint's authentication",
    );
  });

  test('names that are no tokens, and long ones, are refused', () => {
    for (const name of ['', ' ', 'x y', 'x:', ':path', 'x\r\n', 'é', 'x\0', 'x/y', '"x"', 'x\u212a'])
      assert.equal(refusalOf(name), 'is not a valid name of a header', JSON.stringify(name));
    assert.equal(refusalOf('a'.repeat(101)), 'has a name of more than 100 characters');
  });

  test('values that HTTP cannot carry unchanged are refused', () => {
    for (const value of ['a\r\nx: y', '\0', 'a\tb', '\x7f', '\x85'])
      assert.equal(refusalOf('x-tenant', value), 'has a value with control characters', JSON.stringify(value));
    for (const value of ['\u0100', '€', '😀', '\ud800'])
      assert.equal(refusalOf('x-tenant', value), 'has a value with characters beyond Latin-1', value);
    for (const value of [' a', 'a ', '\u00a0a'])
      assert.equal(refusalOf('x-tenant', value), 'has a value with spaces at its ends', value);
    assert.equal(refusalOf('x-tenant', 'v'.repeat(4097)), 'has a value of more than 4096 characters');
  });
});
