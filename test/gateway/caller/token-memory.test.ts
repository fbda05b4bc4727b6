import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import type { Call } from '../../../src/gateway/call/target.ts';
import { createAuthenticate } from '../../../src/gateway/caller/authenticate.ts';
import { createTokenCache } from '../../../src/gateway/caller/token-cache.ts';
import type { Principal } from '../../../src/plugin.ts';

const startsAt = 1_800_000_000;

/** Each token belongs to the subject of the same name and is valid for `seconds`. */
function setUp({ seconds = 3600 } = {}) {
  let time = startsAt * 1_000_000;
  const verified: string[] = [];
  const cache = createTokenCache(() => time);
  const authenticate = createAuthenticate({
    bearer: {
      verify: (token) => {
        const known = cache.get(token);
        if (known) return known;
        verified.push(token);
        return cache.set(token, { subject: token } as Principal, startsAt + seconds);
      },
      verifyAgain: () => assert.fail('no connection lasts so long'),
    },
    identities: [],
    signInLimit: { run: () => assert.fail('tokens are not counted') },
    now: () => time,
  });
  return {
    verified,
    cache,
    pass: (passed: number) => {
      time += passed * 1_000_000;
    },
    subjectOn: async (socket: Socket, token: string) => {
      const call = { authorization: `Bearer ${token}`, req: { socket } } as unknown as Call;
      return (await authenticate(call)).subject;
    },
  };
}

test('callers who share a connection are not confused', async () => {
  const { subjectOn, verified } = setUp();
  const socket = new Socket();
  for (const token of ['one', 'one', 'two', 'one', 'two']) assert.equal(await subjectOn(socket, token), token);
  assert.equal(await subjectOn(new Socket(), 'two'), 'two');
  assert.deepEqual(verified, ['one', 'two']);
});

for (const [name, token, left] of [
  ['after a minute', {}, 59],
  ['at its expiry', { seconds: 10 }, 9],
] as const)
  test(`a token is verified again ${name}, also on the same connection`, async () => {
    const { subjectOn, verified, pass } = setUp(token);
    const socket = new Socket();
    for (const seconds of [0, left, 2]) {
      pass(seconds);
      await subjectOn(socket, 'one');
    }
    assert.equal(verified.length, 2);
  });

test('a change of keys also invalidates the credentials cached per connection', async () => {
  const { subjectOn, verified, cache } = setUp();
  const sockets = [new Socket(), new Socket()];
  for (const socket of sockets) await subjectOn(socket, 'one');
  cache.clear();
  for (const socket of sockets) await subjectOn(socket, 'one');
  assert.equal(verified.length, 2);
  // The new entry is cached.
  await subjectOn(new Socket(), 'one');
  assert.equal(verified.length, 2);
});

test('the cache holds 10,000 tokens and evicts the least recently used, also on its connection', async () => {
  const { subjectOn, verified, cache } = setUp();
  const sockets = { first: new Socket(), second: new Socket() };
  await subjectOn(sockets.first, 'first');
  await subjectOn(sockets.second, 'second');
  for (let more = 2; more < 10_000; more += 1)
    cache.set(`token ${more}`, { subject: '' } as Principal, startsAt + 3600);
  await subjectOn(new Socket(), 'first');
  assert.equal(verified.length, 2);
  await subjectOn(new Socket(), 'third');
  await subjectOn(sockets.first, 'first');
  await subjectOn(sockets.second, 'second');
  assert.deepEqual(verified, ['first', 'second', 'third', 'second']);
});

test('a change of keys also invalidates a token that was verified twice concurrently', async () => {
  const { subjectOn, verified, cache } = setUp();
  const socket = new Socket();
  await subjectOn(socket, 'one');
  cache.set('one', { subject: 'one' } as Principal, startsAt + 3600);
  cache.clear();
  await subjectOn(socket, 'one');
  assert.equal(verified.length, 2);
});
