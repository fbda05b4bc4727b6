import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { conflict } from '../../../src/errors.ts';
import { createIdempotency } from '../../../src/gateway/routes/idempotency.ts';
import { createTestGateway, type TestGateway, type TokenClaims } from '../../../src/testing/index.ts';
import { assertError, assertInvalid } from '../../support/assert-error.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { createLedger } from '../../support/ledger-plugin.ts';

const hourMs = 3_600_000;

onEveryEngine('Idempotency-Key', ({ serverUrl }) => {
  let gateway: TestGateway;
  let token: string;
  let isClosed = false;
  const prepare = async (): Promise<void> => {
    if (isClosed) throw conflict('ENDPOINT_GONE', 'The ledger is closed.');
  };

  before(async () => {
    gateway = await createTestGateway({ plugins: [createLedger({ prepare })], serverUrl });
    token = await gateway.token({ lifetimeSeconds: 7 * 24 * 3600 });
  });
  after(() => gateway.close());

  const write = (key: string, body: unknown, { path = '/entries', method = 'POST', headers = {}, as = token } = {}) =>
    gateway.request(path, {
      target: 'ledger',
      token: as,
      method,
      body,
      headers: { 'Idempotency-Key': key, ...headers },
    });
  const count = async (text: string): Promise<number> =>
    (await gateway.request(`/entries/${text}`, { target: 'ledger', token })).body.count;

  test('a retry gets the first answer, byte for byte, and has no effect', async () => {
    const first = await write('replay', { text: 'replay' });
    assert.equal(first.status, 201);
    assert.equal(first.headers.get('idempotent-replayed'), null);
    for (const round of [1, 2]) {
      const again = await write('replay', { text: 'replay' });
      assert.equal(again.status, 201, `round ${round}`);
      assert.equal(again.text, first.text);
      assert.equal(again.headers.get('location'), first.headers.get('location'));
      assert.equal(again.headers.get('content-type'), first.headers.get('content-type'));
      assert.equal(again.headers.get('idempotent-replayed'), 'true');
      assert.notEqual(again.headers.get('x-request-id'), first.headers.get('x-request-id'));
    }
    assert.equal(await count('replay'), 1);
  });

  test('a different order of members or different whitespace is the same body', async () => {
    await write('order', '{"text":"order","more":{"a":1,"b":[{"c":2,"d":"ü"}]}}');
    const again = await write('order', '{ "more": {"b":[{"d":"\\u00fc","c":2.0}],"a":1}, "text":"order" }');
    assert.equal(again.headers.get('idempotent-replayed'), 'true', again.text);
    assert.equal(await count('order'), 1);
  });

  test('another body is 409, and the first answer is kept', async () => {
    const first = await write('other-body', { text: 'first', more: [1, 2] });
    for (const body of [
      { text: 'second' },
      { text: 'first' },
      { text: 'first', more: [2, 1] },
      { text: 'First', more: [1, 2] },
    ])
      assertError(await write('other-body', body), 'IDEMPOTENCY_KEY_REUSED', JSON.stringify(body));
    assert.equal((await write('other-body', { text: 'first', more: [1, 2] })).text, first.text);
    assert.deepEqual([await count('first'), await count('second')], [1, 0]);
  });

  test('a kept answer is replayed even if the call can no longer be prepared', async () => {
    const first = await write('prepared', { text: 'prepared' });
    isClosed = true;
    const again = await write('prepared', { text: 'prepared' });
    const other = await write('prepared', { text: 'other' });
    const refused = await write('unprepared', { text: 'prepared' });
    isClosed = false;
    assert.deepEqual([again.text, again.headers.get('idempotent-replayed')], [first.text, 'true']);
    assertError(other, 'IDEMPOTENCY_KEY_REUSED');
    assertError(refused, 'ENDPOINT_GONE');
    assert.equal((await write('unprepared', { text: 'prepared' })).status, 201);
    assert.equal(await count('prepared'), 2);
  });

  test('concurrent calls with one key make one row', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => write('crowd', { text: 'crowd' })));
    const good = answers.filter(({ status }) => status === 201);
    assert.ok(good.length >= 1);
    assert.equal(new Set(good.map(({ text }) => text)).size, 1);
    assert.equal(good.filter(({ headers }) => headers.get('idempotent-replayed') === null).length, 1);
    for (const answer of answers.filter(({ status }) => status !== 201)) assertError(answer, 'IDEMPOTENCY_KEY_IN_USE');
    assert.equal(await count('crowd'), 1);
  });

  test('concurrent retries after the first call has ended all get its answer', async () => {
    const first = await write('ended', { text: 'ended' });
    const again = await Promise.all(Array.from({ length: 20 }, () => write('ended', { text: 'ended' })));
    for (const { status, text, headers } of again)
      assert.deepEqual([status, text, headers.get('idempotent-replayed')], [201, first.text, 'true']);
    const others = await Promise.all(Array.from({ length: 5 }, () => write('ended', { text: 'other' })));
    for (const answer of others) assertError(answer, 'IDEMPOTENCY_KEY_REUSED');
    assert.deepEqual([await count('ended'), await count('other')], [1, 0]);
  });

  test('concurrent calls with different keys make a row each', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => write(`each-${index}`, { text: 'each' })),
    );
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
    assert.equal(await count('each'), 20);
  });

  test('a failed call is not kept and has no effect', async () => {
    assertInvalid(await write('failed', {}), ['text']);
    for (const [fault, status] of [
      ['conflict', 409],
      ['crash', 500],
      ['break', 500],
    ] as const) {
      assert.equal((await write('failed', { text: 'failed', fault })).status, status);
      assert.equal(await count('failed'), 0);
    }
    const good = await write('failed', { text: 'failed' });
    assert.deepEqual([good.status, good.headers.get('idempotent-replayed')], [201, null]);
    assert.equal(await count('failed'), 1);
  });

  test('an answer other than success is not kept', async () => {
    const refused = await write('refused', { text: 'refused', fault: 'refuse' });
    assert.equal(refused.status, 422);
    const good = await write('refused', { text: 'refused' });
    assert.deepEqual([good.status, good.headers.get('idempotent-replayed')], [201, null]);
  });

  test('a key belongs to one organization, one principal and one path', async () => {
    const claims: TokenClaims[] = [{ org: 'one' }, { org: 'two' }, { org: 'ONE' }, { org: 'one', sub: 'other' }];
    for (const [index, claim] of claims.entries()) {
      const as = await gateway.token(claim);
      for (const path of ['/entries', '/other']) {
        const answer = await write('mine', { text: 'mine', more: index }, { path, as });
        assert.deepEqual([answer.status, answer.headers.get('idempotent-replayed')], [201, null], answer.text);
      }
    }
    assert.equal(await count('mine'), 8);
    const orgs = await gateway.token({ org: 'two', orgs: ['one'] });
    const named = await write('mine', { text: 'mine', more: 0 }, { as: orgs, headers: { 'X-Organization': 'one' } });
    assert.equal(named.headers.get('idempotent-replayed'), 'true');
  });

  test('keys are compared exactly', async () => {
    for (const key of ['Case', 'case', 'CASE', 'case.', 'k'.repeat(255)])
      assert.equal((await write(key, { text: 'exact' })).headers.get('idempotent-replayed'), null, key);
    assert.equal(await count('exact'), 5);
  });

  test('a key must be 1 to 255 printable ASCII characters', async () => {
    for (const key of ['', 'a b', 'k'.repeat(256), '\u00fc', 'a\tb']) {
      const answer = await write(key, { text: 'bad-key' });
      assertInvalid(answer, ['Idempotency-Key'], JSON.stringify(key));
      assert.equal(answer.body.error.details.fields[0].in, 'header');
    }
    assert.equal(await count('bad-key'), 0);
  });

  test('idempotent methods ignore the header', async () => {
    for (const round of [1, 2]) {
      const answer = await write('put', { text: 'put' }, { method: 'PUT' });
      assert.deepEqual([answer.status, answer.headers.get('idempotent-replayed')], [201, null], `round ${round}`);
    }
    assert.equal(await count('put'), 2);
  });

  test('a key expires after 24 hours, and not before', async () => {
    const first = await write('day', { text: 'day' });
    gateway.clock.advance(24 * hourMs - 60_000);
    assert.equal((await write('day', { text: 'day' })).text, first.text);
    gateway.clock.advance(60_000);
    const later = await write('day', { text: 'day', more: 'another body' });
    assert.deepEqual([later.status, later.headers.get('idempotent-replayed')], [201, null]);
    assert.equal(await count('day'), 2);
    const again = await write('day', { text: 'day', more: 'another body' });
    assert.equal(again.text, later.text);
  });

  test('a key is purged after its expiry, and not before', async () => {
    const { database, encryption, now } = gateway.app.foundation;
    const idempotency = createIdempotency({ database, encryption, now });
    const rows = async (): Promise<number> => (await database.read((db) => db('gateway_idempotency_keys'))).length;
    gateway.clock.advance(25 * hourMs);
    await write('young', { text: 'young' });
    assert.ok((await rows()) > 10);
    await idempotency.purge();
    assert.equal(await rows(), 1);
    assert.equal((await write('young', { text: 'young' })).headers.get('idempotent-replayed'), 'true');
  });
});
