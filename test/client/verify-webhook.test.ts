import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { type HookgateError, verifyWebhook } from '../../src/client/client.ts';
import { formatSecret, sign, signingKey } from '../../src/dispatcher/sending/signature.ts';

const secret = formatSecret(Buffer.alloc(32, 1));
const bare = secret.replace('whsec_', '');
const old = formatSecret(Buffer.alloc(32, 2));
const id = '01a1ff64-1fef-712c-a665-f77e057a638e';
const body = '{"type":"order.filled","data":{"name":"Zoë"}}';
const seconds = 1_767_225_600;
const now = seconds * 1000;

const headersOf = (secrets: string[], content: string | Buffer = body, timestamp = seconds) => ({
  'webhook-id': id,
  'webhook-timestamp': String(timestamp),
  'webhook-signature': sign(secrets.map(signingKey), id, timestamp, content),
});
const headers = headersOf([secret]);

describe('verifyWebhook', () => {
  test('a genuine callback has its id, time and payload', async () => {
    const verified = await verifyWebhook(headers, body, secret, { now });
    assert.deepEqual(verified, { id, timestamp: new Date(now), payload: JSON.parse(body) });
  });

  test('a signature of the package standardwebhooks is accepted, and it accepts the same', async () => {
    const present = new Date();
    const webhook = new Webhook(secret);
    const given = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(present.getTime() / 1000)),
      'webhook-signature': webhook.sign(id, present, body),
    };
    assert.deepEqual((await verifyWebhook(given, body, secret)).payload, webhook.verify(body, given));
  });

  test('the body is text or bytes', async () => {
    const bytes = Buffer.from(body);
    const { buffer } = Uint8Array.from(bytes);
    for (const each of [body, bytes, Uint8Array.from(bytes), buffer])
      assert.equal((await verifyWebhook(headers, each, secret, { now })).id, id);
  });

  test('bytes that are not UTF-8 are signed as they are', async () => {
    const bytes = Buffer.from([0x22, 0xff, 0x22]);
    await verifyWebhook(headersOf([secret], bytes), bytes, secret, { now });
    await assert.rejects(verifyWebhook(headersOf([secret], bytes), bytes.toString(), secret, { now }), {
      code: 'WEBHOOK_SIGNATURE_INVALID',
    });
  });

  test('a callback without a body is verified by path and query', async () => {
    const url = '/hook?a=b&id=1';
    const { payload } = await verifyWebhook(headersOf([secret], url), url, secret, { now });
    assert.equal(payload, undefined);
    const text = 'not JSON';
    assert.equal((await verifyWebhook(headersOf([secret], text), text, secret, { now })).payload, undefined);
  });

  test('during a rotation one of the secrets has to match one of the signatures', async () => {
    const both = headersOf([secret, old]);
    for (const known of [secret, old, [old, secret], [formatSecret(Buffer.alloc(32, 9)), old]])
      await verifyWebhook(both, body, known, { now });
    await verifyWebhook(headers, body, [old, secret], { now });
    await assert.rejects(verifyWebhook(headers, body, old, { now }), { code: 'WEBHOOK_SIGNATURE_INVALID' });
  });

  const { 'webhook-id': webhookId, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers;
  const forms: [title: string, given: Parameters<typeof verifyWebhook>[0]][] = [
    ['Headers', new Headers(headers)],
    ['names in any case', { 'Webhook-ID': webhookId, 'WEBHOOK-TIMESTAMP': timestamp, 'Webhook-Signature': signature }],
    ['lists of one value', { ...headers, 'webhook-id': [webhookId], 'webhook-signature': [signature] }],
    ['a list of signatures', { ...headers, 'webhook-signature': ['v1,AAAA', signature] }],
    ['no prototype', Object.assign(Object.create(null), headers)],
    ['unknown versions of signatures', { ...headers, 'webhook-signature': `v1a,AAAA v2,x ${signature}` }],
  ];
  for (const [title, given] of forms)
    test(`headers with ${title} are read`, async () => {
      assert.equal((await verifyWebhook(given, body, secret, { now })).id, id);
    });

  const malformed: [title: string, given: Parameters<typeof verifyWebhook>[0]][] = [
    ['no headers', {}],
    ['no id', { ...headers, 'webhook-id': undefined }],
    ['two ids', { ...headers, 'webhook-id': [webhookId, webhookId] }],
    ['an id in two cases', { ...headers, 'Webhook-Id': webhookId }],
    ['an id with a line break', { ...headers, 'webhook-id': `${webhookId}\n` }],
    ['a very long id', { ...headers, 'webhook-id': 'a'.repeat(256) }],
    ['a time in words', { ...headers, 'webhook-timestamp': 'now' }],
    ['a time with a fraction', { ...headers, 'webhook-timestamp': `${timestamp}.0` }],
    ['a negative time', { ...headers, 'webhook-timestamp': `-${timestamp}` }],
    ['a very long signature', { ...headers, 'webhook-signature': `${'v1,AAAA '.repeat(1000)}${signature}` }],
    ['inherited headers', Object.create(headers)],
    ['signatures that are no text', { ...headers, 'webhook-signature': [Symbol('v1')] as unknown as string[] }],
    ['a value that is no text', { ...headers, 'webhook-id': { toString: () => webhookId } as unknown as string }],
  ];
  for (const [title, given] of malformed)
    test(`${title}: WEBHOOK_HEADERS_INVALID`, () =>
      assert.rejects(verifyWebhook(given, body, secret, { now }), { code: 'WEBHOOK_HEADERS_INVALID' }));

  const forged: [title: string, given: string][] = [
    ['no version', signature.slice(3)],
    ['another version', signature.replace('v1', 'v2')],
    ['a part of it', signature.slice(0, 20)],
    ['base64 with rubbish', `${signature}!`],
    ['an empty signature', 'v1,'],
    ['seventeen signatures before the right one', `${'v1,AAAA '.repeat(17)}${signature}`],
  ];
  for (const [title, given] of forged)
    test(`a signature with ${title}: WEBHOOK_SIGNATURE_INVALID`, () =>
      assert.rejects(verifyWebhook({ ...headers, 'webhook-signature': given }, body, secret, { now }), {
        code: 'WEBHOOK_SIGNATURE_INVALID',
      }));

  test('another id, time or body does not fit the signature', async () => {
    const invalid = { code: 'WEBHOOK_SIGNATURE_INVALID' };
    await assert.rejects(verifyWebhook({ ...headers, 'webhook-id': 'other' }, body, secret, { now }), invalid);
    const later = { ...headers, 'webhook-timestamp': String(seconds + 1) };
    await assert.rejects(verifyWebhook(later, body, secret, { now }), invalid);
    await assert.rejects(verifyWebhook(headers, `${body} `, secret, { now }), invalid);
    await assert.rejects(verifyWebhook(headers, '', secret, { now }), invalid);
  });

  test('callbacks outside the tolerance are refused, in both directions', async () => {
    for (const offset of [-300, 0, 300]) await verifyWebhook(headers, body, secret, { now: now + offset * 1000 });
    for (const offset of [-301, 301])
      await assert.rejects(verifyWebhook(headers, body, secret, { now: now + offset * 1000 }), {
        code: 'WEBHOOK_TIMESTAMP_REFUSED',
      });
    await verifyWebhook(headers, body, secret, { now: now + 3600_000, toleranceSeconds: 3600 });
  });

  const mistakes: [title: string, call: () => Promise<unknown>][] = [
    ['no secret', () => verifyWebhook(headers, body, [], { now })],
    ['a secret without its prefix', () => verifyWebhook(headers, body, bare, { now })],
    ['a secret that is not base64', () => verifyWebhook(headers, body, 'whsec_ä', { now })],
    ['an empty secret', () => verifyWebhook(headers, body, 'whsec_', { now })],
    ['an undefined secret', () => verifyWebhook(headers, body, undefined as unknown as string, { now })],
    ['a parsed body', () => verifyWebhook(headers, JSON.parse(body), secret, { now })],
    ['no body', () => verifyWebhook(headers, undefined as unknown as string, secret, { now })],
    [
      'a tolerance that is no number',
      () => verifyWebhook(headers, body, secret, { now, toleranceSeconds: Number.NaN }),
    ],
    ['a time that is no number', () => verifyWebhook(headers, body, secret, { now: Number.NaN })],
  ];
  const transferred = new ArrayBuffer(8);
  const view = new Uint8Array(transferred);
  structuredClone(transferred, { transfer: [transferred] });
  const untyped = (...args: unknown[]) => verifyWebhook(...(args as Parameters<typeof verifyWebhook>));
  for (const value of [null, undefined, 7, true, 'text', Symbol('s'), () => undefined])
    mistakes.push([`headers ${String(value)}`, () => untyped(value, body, secret, { now })]);
  for (const value of [null, 7, {}, [], Symbol('s'), transferred, view])
    mistakes.push([`a body ${Object.prototype.toString.call(value)}`, () => untyped(headers, value, secret, { now })]);
  for (const value of [null, 7, {}, Symbol('s'), [null], [[secret]]])
    mistakes.push([`secrets ${inspect(value)}`, () => untyped(headers, body, value, { now })]);
  for (const value of [null, 7, 'text', { toleranceSeconds: '9' }, { toleranceSeconds: 9n }, { now: '9' }])
    mistakes.push([`options ${inspect(value)}`, () => untyped(headers, body, secret, value)]);
  for (const [title, call] of mistakes)
    test(`${title}: INVALID_ARGUMENT, without a secret in the message`, () =>
      assert.rejects(call, (error: HookgateError) => {
        assert.equal(error.code, 'INVALID_ARGUMENT');
        assert.ok(!error.message.includes(bare));
        return true;
      }));
});
