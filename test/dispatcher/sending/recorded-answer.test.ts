import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AnsweredOutcome } from '../../../src/dispatcher/model/outcome.ts';
import { cleanAnswer } from '../../../src/dispatcher/sending/recorded-answer.ts';

const limit = 16 * 1024;

const answered = (given: Partial<AnsweredOutcome>): AnsweredOutcome => ({
  kind: 'answered',
  status: 200,
  headers: {},
  body: '',
  truncated: false,
  ...given,
});

function record(given: Partial<AnsweredOutcome>, confidential: readonly string[] = []): AnsweredOutcome {
  return cleanAnswer(answered(given), confidential) as AnsweredOutcome;
}

describe('the recorded answer', () => {
  const secrets = ['s3cr3t-t0ken.with_some-length', 'pä ss/w+örd"&<(~', "p'q!*wörter"];

  const spellings: Record<string, (secret: string) => string> = {
    plain: (secret) => secret,
    'upper case': (secret) => secret.toUpperCase(),
    base64: (secret) => Buffer.from(secret).toString('base64'),
    base64url: (secret) => Buffer.from(secret).toString('base64url'),
    hexadecimal: (secret) => Buffer.from(secret).toString('hex'),
    'percent-encoded': encodeURIComponent,
    'percent-encoded in lower case': (secret) => encodeURIComponent(secret).toLowerCase(),
    'percent-encoded as a form': (secret) => new URLSearchParams({ a: secret }).toString().slice(2),
    'percent-encoded as a whole': (secret) => Buffer.from(secret).toString('hex').replace(/../g, '%$&'),
    JSON: (secret) => JSON.stringify(secret).slice(1, -1),
    'JSON in ASCII': (secret) =>
      JSON.stringify(secret)
        .slice(1, -1)
        .replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
    'UTF-8 read as Latin-1': (secret) => Buffer.from(secret).toString('latin1'),
  };

  for (const [name, spell] of Object.entries(spellings)) {
    test(`credentials are redacted: ${name}`, () => {
      for (const secret of secrets) {
        const echoed = spell(secret);
        const { headers, body } = record(
          { headers: { 'x-echo': `Bearer ${echoed}`, [`x-${echoed}`]: 'b' }, body: `{"got":"${echoed}"}` },
          secrets,
        );
        const kept = `${JSON.stringify(headers)} ${body}`.toLowerCase();
        assert.ok(!kept.includes(echoed.toLowerCase()), kept);
        assert.ok(kept.includes('[redacted]'));
      }
    });
  }

  test('credentials within a longer base64 text are redacted', () => {
    for (const secret of secrets) {
      for (const before of ['', 'a', 'ab', 'user:']) {
        const { body } = record({ body: Buffer.from(`${before}${secret}: after`).toString('base64') }, secrets);
        const decoded = Buffer.from(body.replace(/.*\[redacted\]/, ''), 'base64').toString('utf8');
        assert.ok(body.includes('[redacted]') && !decoded.includes(secret.slice(-4)), body);
      }
    }
  });

  test('the beginning of a credential at the end of a cut answer is removed', () => {
    const [secret = ''] = secrets;
    for (let length = 1; length < secret.length; length += 1) {
      const { body } = record({ body: `text ${secret.slice(0, length)}`, truncated: true }, secrets);
      assert.equal(body, 'text ');
    }
    assert.equal(record({ body: `text ${secret.slice(0, 5)}` }, secrets).body, `text ${secret.slice(0, 5)}`);
  });

  test('a long credential is redacted as far as it is echoed', () => {
    const secret = `${'k'.repeat(40)}Ä${'z'.repeat(40)}`;
    assert.equal(record({ body: `<${secret}>` }, [secret]).body, '<[redacted]>');
    assert.equal(record({ body: `<${secret.slice(0, 60)}>` }, [secret]).body, '<[redacted]>');
    // The first has a lower case of two characters.
    assert.equal(record({ body: `\u0130<${secret.toUpperCase()}>` }, [secret]).body, '\u0130<[redacted]>');
    assert.equal(record({ body: `<${secret.slice(0, 30)}>` }, [secret]).body, `<${secret.slice(0, 30)}>`);
  });

  test('long credentials in an answer of nearly the same characters cost little time', () => {
    const hostile = ['é', 'ü'].map((other) => `${'a'.repeat(1990)}${other}${'a'.repeat(2000)}`);
    const before = process.cpuUsage();
    for (let count = 0; count < 5; count += 1) record({ body: 'a'.repeat(limit), truncated: true }, hostile);
    const { user, system } = process.cpuUsage(before);
    assert.ok(user + system < 500_000, `${Math.round((user + system) / 5000)} ms of processor time each`);
  });

  test('an answer without credentials stays unchanged', () => {
    const headers = { date: 'Sat, 21 Nov 2026 19:00:00 GMT', server: 'x' };
    const body = '{"ok":true,"message":"grüß dich 👋"}';
    assert.deepEqual(record({ headers, body }, secrets), answered({ headers, body }));
    assert.deepEqual(record({ headers, body }, ['']), answered({ headers, body }));
  });

  test('control characters are replaced, except line ends and tabs of a body', () => {
    const controls = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).filter((text) =>
      /\p{Cc}/u.test(text),
    );
    const { headers, body } = record({ headers: { a: controls.join('') }, body: `${controls.join('')}a\r\nb` });
    assert.match(headers.a ?? '', /^\ufffd{65}$/);
    assert.equal(body.replaceAll('\ufffd', ''), '\t\na\nb');
  });

  test('a cleaned body has 16 KiB of UTF-8 at most and ends with a whole character', () => {
    const invalid = Buffer.alloc(limit, 0xff).toString('utf8');
    const grown = record({ body: invalid });
    assert.equal(Buffer.byteLength(grown.body), limit - (limit % 3));
    assert.equal(grown.truncated, true);
    assert.ok(Buffer.byteLength(record({ body: 'a'.repeat(limit) }, ['a']).body) <= limit);
    const astral = record({ body: `x${'👋'.repeat(limit / 4)}` });
    assert.equal(astral.body, `x${'👋'.repeat(limit / 4 - 1)}`);
    assert.equal(record({ body: '👋'.repeat(limit / 4) }).truncated, false);
  });

  test('headers that do not fit are omitted as a whole and flagged', () => {
    const many = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`x-${index}`, 'ÿ'.repeat(5)]));
    const { headers, truncated } = record({ headers: many });
    assert.equal(truncated, true);
    assert.ok(Object.keys(headers).length > 200);
    assert.ok(Buffer.byteLength(JSON.stringify(headers)) <= 8 * 1024);
    assert.equal(headers['x-0'], 'ÿ'.repeat(5));
    const again = record({ headers });
    assert.deepEqual(again, answered({ headers }));
  });

  test('an outcome without an answer stays unchanged', () => {
    const outcome = { kind: 'silent', error: 'read_timeout' } as const;
    assert.equal(cleanAnswer(outcome, secrets), outcome);
  });
});
