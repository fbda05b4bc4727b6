import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Outcome } from '../../../src/dispatcher/model/outcome.ts';
import { cleanAnswer } from '../../../src/dispatcher/sending/recorded-answer.ts';
import type { Sender } from '../../../src/dispatcher/sending/sender.ts';
import { answer, createReceiver, type Reaction, type Receiver } from '../../../src/receiver/receiver.ts';
import { patient } from '../../support/patience.ts';
import { createTestSender, post } from '../../support/sending.ts';

const statusOf = (outcome: Outcome): number | string =>
  outcome.kind === 'answered' ? outcome.status : 'error' in outcome ? outcome.error : outcome.kind;

const raw = (...pieces: (string | Buffer)[]): Reaction => ({ pieces, afterwards: 'keep' });

describe('the head of an answer', () => {
  let receiver: Receiver;
  let sender: Sender;
  /** A sender with a short timeout. */
  let hasty: Sender;

  before(async () => {
    receiver = await createReceiver();
    sender = createTestSender();
    hasty = createTestSender({ readTimeoutMs: Math.round(patient(400)) });
  });
  after(async () => {
    await sender.close();
    await hasty.close();
    await receiver.close();
  });

  async function sendTo(reaction: Reaction, by = sender): Promise<number | string> {
    receiver.script(() => reaction);
    return statusOf(await by.send(post(receiver.url)));
  }

  test('every status from 200 to 599 and above is reported unchanged', async () => {
    const statuses = [...Array.from({ length: 400 }, (_, index) => 200 + index), 600, 777, 999];
    for (const status of statuses) assert.equal(await sendTo(answer(status, 'x')), status);
    assert.equal(receiver.received.length, statuses.length);
  });

  test('interim answers are skipped, even if many, split or dripped', async () => {
    const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    const interims = {
      'one 100': ['HTTP/1.1 100 Continue\r\n\r\n', ok],
      '100 and 200 in one piece': [`HTTP/1.1 100 Continue\r\n\r\n${ok}`],
      '103 with headers': ['HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', ok],
      '102, 100 and 103': ['HTTP/1.1 102 P\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 103 E\r\nA: b\r\n\r\n', ok],
      'two thousand of them': ['HTTP/1.1 103 E\r\nA: b\r\n\r\n'.repeat(2000), ok],
    };
    for (const [name, pieces] of Object.entries(interims)) assert.equal(await sendTo(raw(...pieces)), 200, name);
    const dripped = [...`HTTP/1.1 100 Continue\r\nA: b\r\n\r\n${ok}`];
    assert.equal(await sendTo({ pieces: dripped, delayMs: 1, afterwards: 'keep' }), 200);
  });

  test('an endless number of interim answers ends the attempt', async () => {
    const many = 'HTTP/1.1 103 E\r\n\r\n'.repeat(1000);
    const pieces = Array.from({ length: 50 }, () => many);
    assert.equal(await sendTo({ pieces, delayMs: 1, afterwards: 'silence' }), 'head_too_large');
  });

  test('silence after an interim answer is a read timeout, and an end a lost connection', async () => {
    const interim = 'HTTP/1.1 100 Continue\r\n\r\n';
    assert.equal(await sendTo({ pieces: [interim], afterwards: 'silence' }, hasty), 'read_timeout');
    assert.equal(await sendTo({ pieces: [interim], afterwards: 'close' }), 'connection_lost');
    assert.equal(await sendTo({ pieces: ['HTTP/1.1 1'], afterwards: 'close' }), 'connection_lost');
  });

  test('headers are decoded as UTF-8, and repeated ones joined, with any name', async () => {
    const head =
      'HTTP/1.1 200 OK\r\nA: \u00fcber\r\nB: 1\r\nb: 2\r\n__proto__: p\r\nconstructor: c\r\nContent-Length: 0\r\n\r\n';
    receiver.script(() => raw(Buffer.from(head)));
    const outcome = cleanAnswer(await sender.send(post(receiver.url)), []);
    assert.deepEqual(outcome.kind === 'answered' && Object.entries(outcome.headers), [
      ['a', 'über'],
      ['b', '1,2'],
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['content-length', '0'],
    ]);
  });

  test('a status of 101 is an answer, with and without upgrade headers', async () => {
    assert.equal(await sendTo(raw('HTTP/1.1 101 Switching Protocols\r\n\r\n')), 101);
    const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    assert.equal(await sendTo(raw(upgrade)), 101);
  });

  for (const [name, bytes] of Object.entries({
    'another protocol': 'SSH-2.0-OpenSSH_9.6\r\n',
    'a status of 99': 'HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n',
    'a status of 000': 'HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n',
    'a status of two digits': 'HTTP/1.1 20 OK\r\n\r\n',
    'a status of four digits': 'HTTP/1.1 2000 OK\r\n\r\n',
    'a status in words': 'HTTP/1.1 two hundred\r\n\r\n',
    'a version that does not exist': 'HTTP/3.7 200 OK\r\n\r\n',
    'lines that end in a line feed alone': 'HTTP/1.1 200 OK\nContent-Length: 0\n\n',
    'a header without a colon': 'HTTP/1.1 200 OK\r\nno colon here\r\n\r\n',
    'a NUL in a header': 'HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n',
    'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nab',
    'a length and chunks': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
    'binary noise': Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x28]),
  })) {
    test(`${name} is an invalid answer`, async () => {
      assert.equal(await sendTo(raw(bytes)), 'invalid_answer');
    });
  }

  test('unusual but valid status lines are accepted', async () => {
    assert.equal(await sendTo(raw('HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n')), 200);
    assert.equal(await sendTo(raw('HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n')), 200);
    assert.equal(await sendTo({ pieces: ['HTTP/1.0 204 No Content\r\n\r\n'], afterwards: 'close' }), 204);
  });

  test('a head may have 16 KiB and not a byte more, in any of its parts', async () => {
    const limit = 16 * 1024;
    const shapes: Record<string, (size: number) => string> = {
      'one long header': (size) => fill('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: ', 'a', '\r\n\r\n', size),
      'a long reason': (size) => fill('HTTP/1.1 200 ', 'r', '\r\nContent-Length: 0\r\n\r\n', size),
      'many short headers': (size) =>
        fill(`HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${'a:\r\n'.repeat(3000)}A: `, 'a', '\r\n\r\n', size),
    };
    for (const [name, shape] of Object.entries(shapes)) {
      assert.equal(await sendTo(raw(shape(limit))), 200, name);
      assert.equal(await sendTo(raw(shape(limit + 1))), 'head_too_large', name);
    }
    const inHalves = halves(shapes['a long reason']?.(limit + 1) ?? '');
    assert.equal(await sendTo({ pieces: inHalves, delayMs: 20, afterwards: 'keep' }), 'head_too_large');
    assert.equal(await sendTo(raw(`HTTP/1.1 200 ${'r'.repeat(limit)}`)), 'head_too_large', 'it need not end');
    assert.equal(await sendTo(raw(`HTTP/1.1 100 ${'r'.repeat(limit)}`)), 'head_too_large', 'nor be the last');
  });

  test('a large body does not count towards the head', async () => {
    assert.equal(await sendTo(answer(200, 'b'.repeat(100_000))), 200);
  });
});

const fill = (start: string, filler: string, end: string, size: number): string =>
  `${start}${filler.repeat(size - start.length - end.length)}${end}`;

const halves = (text: string): string[] => [text.slice(0, text.length / 2), text.slice(text.length / 2)];
