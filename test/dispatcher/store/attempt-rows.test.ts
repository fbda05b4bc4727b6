import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { integration } from '../../../plugins/integration/index.ts';
import {
  answer,
  createReceiver,
  createTestGateway,
  type Reaction,
  type Receiver,
  type TestGateway,
  type TestRequest,
} from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';

const base = '/api/v1/integration';
const nodeId = 'e40efce4-38a3-46c4-a202-e8db95d0409c';
const limit = 16 * 1024;
const password = 'Hünter2/+ s3cret&';
const token = 'tok-3n_of.Distributor';

onEveryEngine('the log of attempts', ({ serverUrl }) => {
  let gateway: TestGateway;
  let receiver: Receiver;

  before(async () => {
    receiver = await createReceiver();
    const env = { DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8', DISPATCH_RETRY_INTERVAL_MS: '20', LOG_LEVEL: 'debug' };
    gateway = await createTestGateway({ plugins: [integration], serverUrl, env });
  });
  after(async () => {
    await gateway.close();
    await receiver.close();
  });

  async function call(path: string, request: TestRequest = {}) {
    const accessToken = await gateway.token({ scope: 'integration:read integration:write' });
    return gateway.request(`${base}${path}`, { target: 'integration', token: accessToken, ...request });
  }

  /** The only attempt of a delivery whose endpoint reacts with `react`. */
  async function attemptOf(react: (credentials: string) => Reaction, authentication?: object) {
    receiver.script(({ headers }) => react(headers.authorization ?? ''));
    const meta = { host: receiver.url, path: '/', ...(authentication ? { authentication } : {}) };
    const created = await call(`/distributors/nodes/${nodeId}`, { body: { meta } });
    assert.equal(created.status, 201, created.text);
    const sent = await call(`/distributors/${created.body.id}/events`, { body: { type: 'a', data: {} } });
    const { text, body } = await eventually(async () => {
      const answered = await call(`/deliveries/${sent.body.deliveries[0].id}`);
      return answered.body.status === 'delivered' ? answered : undefined;
    });
    assert.equal(body.attempts.length, 1);
    return { text, attempt: body.attempts[0] };
  }

  test('the log redacts the signing secret', async () => {
    const meta = { host: receiver.url, path: '/' };
    const { body: created } = await call(`/distributors/nodes/${nodeId}`, { body: { meta } });
    const secret: string = (await call(`/distributors/${created.id}/secret`)).body.secret;
    receiver.script(() => answer(200, `it is ${secret}`, { 'X-Secret': secret }));
    const sent = await call(`/distributors/${created.id}/events`, { body: { type: 'a', data: {} } });
    const { text } = await eventually(async () => {
      const answered = await call(`/deliveries/${sent.body.deliveries[0].id}`);
      return answered.body.status === 'delivered' ? answered : undefined;
    });
    assert.ok(text.includes('it is whsec_[redacted]'), text);
    assert.ok(!text.includes(secret.slice('whsec_'.length)));
  });

  const basic = { type: 1, username: 'user', password };
  const base64 = Buffer.from(`user:${password}`).toString('base64');

  test('the log redacts credentials in every encoding that an endpoint may echo', async () => {
    const secrets = [password, base64, token].flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64'),
      new URLSearchParams({ a: secret }).toString().slice(2),
    ]);
    const echo = (credentials: string): Reaction => {
      const everything = [credentials, ...secrets].join(' ');
      const head = `HTTP/1.1 200 OK\r\nX-Echo: ${everything}\r\nContent-Length: ${Buffer.byteLength(everything)}\r\n\r\n`;
      return { pieces: [Buffer.from(`${head}${everything}`)] };
    };
    for (const authentication of [basic, { type: 2, token }]) {
      const { text } = await attemptOf(echo, authentication);
      assert.match(text, /\[redacted\]/);
      const own = authentication === basic ? secrets.slice(0, 10) : secrets.slice(10);
      for (const secret of own) assert.ok(!text.includes(secret), secret);
    }
    const log = gateway.log.join('\n');
    for (const secret of secrets) assert.ok(!log.includes(secret), secret);
  });

  test('the log drops the beginning of a credential at the end of a cut body', async () => {
    const { attempt } = await attemptOf(
      (credentials) => answer(200, `${'x'.repeat(limit - 20)}${credentials}${'y'.repeat(100)}`),
      { type: 2, token },
    );
    assert.equal(attempt.truncated, true);
    assert.equal(attempt.response_body, `${'x'.repeat(limit - 20)}Bearer `);
  });

  for (const [name, bytes] of Object.entries({
    'control characters': Buffer.from(Array.from({ length: 256 }, (_, index) => index)),
    'ANSI sequences': Buffer.from('\x1b[2J\x1b]0;title\x07 \u009b31m \u0085'),
    'bytes that are not UTF-8': Buffer.alloc(limit, 0xff),
    'half a character at the end': Buffer.concat([Buffer.alloc(limit - 2, 'a'), Buffer.from('👋')]),
    'characters of four bytes': Buffer.from('👋'.repeat(limit / 4)),
    'surrogates encoded one by one': Buffer.from([0xed, 0xa0, 0xbd, 0xed, 0xb1, 0x8b]),
    'a text that looks like a statement': Buffer.from(`'; drop table dispatcher_attempts; -- \\' ? :name ??`),
    'something compressed': Buffer.from('1f8b0800000000000003cb48cdc9c95728cf2fca49010085114a0d0b000000', 'hex'),
  })) {
    test(`the log records a body of ${name}`, async () => {
      const head = `HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length}\r\n\r\n`;
      const { attempt, text } = await attemptOf(() => ({ pieces: [head, bytes] }));
      assert.ok(Buffer.byteLength(attempt.response_body) <= limit);
      assert.ok(!/[^\P{Cc}\n\t]/u.test(attempt.response_body));
      assert.ok(attempt.response_body.isWellFormed());
      assert.ok(!/\p{Cc}/u.test(text));
      const expected = bytes.toString('utf8').replace(/[^\P{Cc}\n\t]/gu, '\ufffd');
      assert.ok(expected.startsWith(attempt.response_body));
    });
  }

  test('the log keeps as many of the accepted headers as fit', async () => {
    const lines = Array.from({ length: 600 }, (_, index) => `X-${index}: ${'"\\'.repeat(5)}\xff\r\n`).join('');
    const { attempt } = await attemptOf(() => ({
      pieces: [`HTTP/1.1 200 OK\r\n${lines.slice(0, 15_000).replace(/X-\d*:?[^\n]*$/, '')}Content-Length: 0\r\n\r\n`],
    }));
    assert.equal(attempt.response_headers['x-0'], `${'"\\'.repeat(5)}\ufffd`);
    assert.ok(Object.keys(attempt.response_headers).length > 100);
  });

  test('log lines have no control characters for any answer', () => {
    assert.ok(gateway.log.length > 0);
    for (const line of gateway.log) assert.ok(!/\p{Cc}/u.test(line), JSON.stringify(line));
  });
});
