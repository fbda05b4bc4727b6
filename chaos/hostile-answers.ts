import { createRandom, type Random } from './random.ts';

/** The bytes of a hostile backend's answer to one request, and the way in which they are sent. */
export interface HostileAnswer {
  /** Whether the backend waits for the whole request. */
  readonly waits: boolean;
  readonly pieces: readonly Buffer[];
  /** Milliseconds between two pieces. */
  readonly gapMs: number;
  /** Action after the last piece. `stay` leaves the connection open, without another byte. */
  readonly ending: 'stay' | 'end' | 'reset';
}

const primes = 2_654_435_761;
const names = [
  'Content-Length',
  'Transfer-Encoding',
  'Connection',
  'Keep-Alive',
  'Upgrade',
  'Trailer',
  'Date',
  'Location',
  'Set-Cookie',
  'Content-Disposition',
  'Content-Type',
  'X-Request-Id',
  '__proto__',
  'constructor',
  '7',
  '',
];
const values = [
  '0',
  '5',
  '-1',
  '1e3',
  'chunked',
  'close',
  'gzip, chunked',
  'keep-alive',
  'timeout=0',
  'timeout=9',
  'X-A',
  '',
];
const statuses = [101, 102, 103, 199, 200, 200, 200, 201, 204, 206, 301, 304, 404, 500, 503];
const versions = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/1.2', 'HTP/1.1', ''];

/** Equal seeds and numbers give equal answers. */
export function createHostileAnswer(seed: number, number: number): HostileAnswer {
  const random = createRandom(seed ^ Math.imul(number, primes));
  const bytes = Buffer.from(answerText(random), 'latin1');
  return {
    waits: random.chance(0.7),
    pieces: split(bytes, random),
    gapMs: random.pick([0, 0, 0, 1, 5]),
    ending: random.pick(['stay', 'stay', 'end', 'end', 'end', 'reset']),
  };
}

function answerText(random: Random): string {
  if (random.chance(0.05)) return junk(random, random.whole(0, 2000));
  const interim = random.chance(0.25) ? interimText(random) : '';
  const answer = interim + finalText(random);
  if (random.chance(0.1)) return answer.slice(0, random.whole(0, answer.length));
  if (random.chance(0.1)) return mutated(answer, random);
  return random.chance(0.05) ? answer + finalText(random) : answer;
}

function interimText(random: Random): string {
  const count = random.chance(0.05) ? random.whole(100, 3000) : random.whole(1, 3);
  const status = random.pick([100, 102, 103, 103, 110, 199]);
  return `HTTP/1.1 ${status} ${random.chance(0.1) ? junk(random, 5) : 'Wait'}\r\n${headers(random, 3)}\r\n`.repeat(
    count,
  );
}

function finalText(random: Random): string {
  const status = random.chance(0.05) ? random.whole(0, 1200) : random.pick(statuses);
  const reason = random.chance(0.05) ? junk(random, 20) : random.pick(['OK', '', 'Sch\xf6n']);
  const version = random.chance(0.95) ? 'HTTP/1.1' : random.pick(versions);
  const body = 'x'.repeat(random.pick([0, 1, 5, 100, 20_000, 300_000]));
  const most = random.chance(0.03) ? 400 : 8;
  return `${version} ${status} ${reason}\r\n${headers(random, most)}${framed(body, random)}`;
}

function headers(random: Random, most: number): string {
  let text = '';
  for (let count = random.whole(0, most); count > 0; count -= 1) {
    const isOdd = random.chance(0.02);
    const name = isOdd ? random.pick([...names, junk(random, 10)]) : `X-Header-${count}`;
    const size = random.chance(0.01) ? random.whole(1000, 50_000) : 20;
    const value = random.pick([
      () => printable(random, size),
      () => random.pick(values),
      () => (isOdd ? junk(random, 10) : 'a'),
    ])();
    text += `${name}: ${value}\r\n`;
  }
  return text;
}

function framed(body: string, random: Random): string {
  const size = body.length;
  return random.pick([
    () => `Content-Length: ${size}\r\n\r\n${body}`,
    () => `Content-Length: ${size}\r\n\r\n${body}`,
    () => `Content-Length: ${size + random.whole(-2, 5)}\r\n\r\n${body}`,
    () => `Transfer-Encoding: chunked\r\n\r\n${chunked(body, random)}`,
    () => `Transfer-Encoding: chunked\r\n\r\n${body}`,
    () => `Connection: close\r\n\r\n${body}`,
    () => `\r\n${body}`,
  ])();
}

function chunked(body: string, random: Random): string {
  const size = random.pick([1, 7, 5000, 100_000]);
  let text = '';
  for (let from = 0; from < Math.min(body.length, size * 100); from += size) {
    const part = body.slice(from, from + size);
    text += `${part.length.toString(16)}${random.chance(0.02) ? ';a=b' : ''}\r\n${part}\r\n`;
  }
  return `${text}0\r\n${random.chance(0.2) ? 'X-Trailer: a\r\n' : ''}\r\n`;
}

const printable = (random: Random, size: number): string =>
  'caf\xe9 \xc3\xa9 value '
    .repeat(Math.ceil(size / 14))
    .slice(0, size)
    .trim() + random.whole(0, 9);

const junk = (random: Random, size: number): string =>
  Array.from({ length: size }, () => String.fromCharCode(random.whole(0, 255))).join('');

function mutated(text: string, random: Random): string {
  const at = random.whole(0, Math.min(text.length, 400));
  return text.slice(0, at) + junk(random, random.whole(0, 3)) + text.slice(at + random.whole(0, 3));
}

function split(bytes: Buffer, random: Random): Buffer[] {
  const count = random.pick([1, 1, 1, 2, 3, 10]);
  const cuts = Array.from({ length: count - 1 }, () => random.whole(0, Math.min(bytes.length, 2000))).sort(
    (a, b) => a - b,
  );
  return [...cuts, bytes.length].map((to, index) => bytes.subarray(cuts[index - 1] ?? 0, to));
}
