import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiError, upstreamTimeout } from '../../../src/errors.ts';
import { ClientGone } from '../../../src/proxy/forwarding/exchange.ts';
import { createUpstreams, type Upstreams } from '../../../src/proxy/upstreams/upstreams.ts';
import { eventually } from '../../support/eventually.ts';
import { patient } from '../../support/patience.ts';

const openMs = Math.round(patient(100));
let upstreams: Upstreams;
afterEach(() => upstreams.close());

function open(limitMs = 1000, origins = ['http://127.0.0.1:1']): Upstreams {
  const silent = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };
  const timeouts = { connectMs: limitMs, headersMs: limitMs, idleMs: 1000, totalMs: 0 };
  const settings = { name: 'a', upstreams: origins, timeouts, breaker: { failures: 5, openMs } };
  upstreams = createUpstreams(settings, silent);
  return upstreams;
}

const isOpen = (): boolean => upstreams.all[0]?.breakerState !== 'closed';
const never = (): boolean => false;
const answering = (status: number) => upstreams.send(async () => ({ status }), never);
const failing = (error: ApiError) => upstreams.send(() => Promise.reject(error), never).catch(() => undefined);

test('a success among concurrent calls ends a sequence of failures', async () => {
  const { send } = open();
  const calls = Array.from({ length: 100 }, () => Promise.withResolvers<{ status: number }>());
  const answers = calls.map(({ promise }) => send(() => promise, never));
  for (const [index, { resolve }] of calls.entries()) {
    resolve({ status: index % 15 === 0 ? 503 : 200 });
    await answers[index];
  }
  assert.equal(isOpen(), false);
});

test('consecutive failures of concurrent calls open the breaker', async () => {
  const { send } = open();
  await Promise.all(Array.from({ length: 5 }, () => send(async () => ({ status: 503 }), never)));
  assert.equal(isOpen(), true);
  await assert.rejects(answering(200), { code: 'UPSTREAM_CIRCUIT_OPEN' });
});

async function openAndWait(): Promise<void> {
  for (let failure = 0; failure < 5; failure += 1) await failing(upstreamTimeout('test'));
  assert.equal(isOpen(), true);
  await sleep(openMs * 1.5);
}

test('a trial that its client aborts leaves the breaker open, and the next call is the trial', async () => {
  open();
  await openAndWait();
  await failing(new ClientGone());
  assert.equal(isOpen(), true);
  await answering(200);
  assert.equal(isOpen(), false);
});

test('a failed trial keeps the breaker open for another openMs', async () => {
  open();
  await openAndWait();
  await answering(503);
  await assert.rejects(answering(200), { code: 'UPSTREAM_CIRCUIT_OPEN' });
});

test('a slow trial goes on while another call becomes the trial', async () => {
  const { send } = open(20);
  await openAndWait();
  const slow = Promise.withResolvers<{ status: number }>();
  const upload = send(() => slow.promise, never);
  await assert.rejects(answering(200), { code: 'UPSTREAM_CIRCUIT_OPEN' });
  await eventually(() =>
    answering(200).then(
      () => true,
      () => false,
    ),
  );
  assert.equal(isOpen(), false);
  slow.resolve({ status: 201 });
  assert.deepEqual(await upload, { status: 201 });
});

test('a trial that waits for its client holds up no other, and its late failure counts for nothing', async () => {
  const { send } = open();
  await openAndWait();
  const upload = Promise.withResolvers<{ status: number }>();
  const first = send(
    () => upload.promise,
    never,
    () => true,
  );
  assert.equal(upstreams.all[0]?.breakerState, 'half_open');
  const second = Promise.withResolvers<{ status: number }>();
  const calling = send(() => second.promise, never);
  await assert.rejects(answering(200), { code: 'UPSTREAM_CIRCUIT_OPEN' });
  upload.resolve({ status: 503 });
  await first;
  assert.equal(upstreams.all[0]?.breakerState, 'half_open');
  second.resolve({ status: 200 });
  await calling;
  assert.equal(isOpen(), false);
});

test('the success of a trial closes the breaker although another has followed it', async () => {
  const { send } = open();
  await openAndWait();
  const upload = Promise.withResolvers<{ status: number }>();
  const first = send(
    () => upload.promise,
    never,
    () => true,
  );
  const hung = Promise.withResolvers<{ status: number }>();
  const second = send(() => hung.promise, never);
  upload.resolve({ status: 201 });
  await first;
  assert.equal(isOpen(), false);
  hung.resolve({ status: 200 });
  await second;
});

test('a wall clock that is set back does not delay the trial', async () => {
  open();
  for (let failure = 0; failure < 5; failure += 1) await failing(upstreamTimeout('test'));
  const now = mock.method(Date, 'now', () => 0);
  await sleep(openMs * 1.5);
  await answering(200).finally(() => now.mock.restore());
  assert.equal(isOpen(), false);
});

test("a caller's error does not open the breaker", async () => {
  open();
  for (let call = 0; call < 20; call += 1) await failing(new ClientGone());
  assert.equal(isOpen(), false);
  assert.deepEqual(await answering(200), { status: 200 });
});

test('an unhealthy upstream gets no calls while the breakers of the healthy ones are open', async () => {
  const { all, send } = open(1000, ['http://127.0.0.1:1', 'http://127.0.0.1:2']);
  const [healthy, unhealthy] = all;
  assert.ok(healthy && unhealthy);
  unhealthy.isHealthy = false;
  for (let failure = 0; failure < 5; failure += 1) await failing(upstreamTimeout('test'));
  assert.deepEqual([healthy.breakerState, unhealthy.breakerState], ['open', 'closed']);
  await assert.rejects(answering(200), { code: 'UPSTREAM_CIRCUIT_OPEN', headers: { 'Retry-After': '1' } });
  healthy.isHealthy = false;
  const { origin } = await send(async (upstream) => ({ status: 200, origin: upstream.origin }), never);
  assert.equal(origin, unhealthy.origin);
});
