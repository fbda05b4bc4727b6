import { type OddAnswer, planted, plantedAnswer } from '../odd-answer.ts';

const passes = { status: 200, body: 'hello' };
const answer = (name: string, lines: string, body: string, rest: Partial<OddAnswer> = {}): OddAnswer => ({
  name,
  bytes: `HTTP/1.1 200 OK\r\n${lines}\r\n\r\n${body}`,
  afterwards: 'close',
  ...rest,
});
const chunked = (name: string, body: string, rest: Partial<OddAnswer> = {}): OddAnswer =>
  answer(name, 'Transfer-Encoding: chunked', body, { breaks: true, ...rest });
const chunks = '5\r\nhello\r\n0\r\n\r\n';

/** Responses whose end two readers can place differently. */
export const framing: readonly OddAnswer[] = [
  answer('Content-Length and Transfer-Encoding', 'Content-Length: 5\r\nTransfer-Encoding: chunked', chunks, { passes }),
  answer('Transfer-Encoding and Content-Length', 'Transfer-Encoding: chunked\r\nContent-Length: 15', chunks, {
    passes,
  }),
  answer('two Content-Length headers that differ', 'Content-Length: 5\r\nContent-Length: 6', 'hello'),
  answer('two Content-Length headers that are the same', 'Content-Length: 5\r\nContent-Length: 5', 'hello', { passes }),
  answer('Content-Length as a list of the same', 'Content-Length: 5, 5', 'hello', { passes }),
  answer('Content-Length as a list', 'Content-Length: 5, 6', 'hello'),
  ...['+5', '-5', '0x5', '5;', 'five', '', '18446744073709551621', '5 5', '5\x0b'].map((value) =>
    answer(`Content-Length: ${JSON.stringify(value)}`, `Content-Length: ${value}`, 'hello'),
  ),
  ...['xchunked', 'chunked, identity', 'chunked, chunked', 'cow', '"chunked"', '\x0bchunked'].map((value) =>
    answer(`Transfer-Encoding: ${JSON.stringify(value)}`, `Transfer-Encoding: ${value}`, chunks),
  ),
  ...['gzip, chunked', 'identity, chunked'].map((value) =>
    answer(`Transfer-Encoding: ${JSON.stringify(value)}`, `Transfer-Encoding: ${value}`, chunks),
  ),
  answer('two Transfer-Encoding headers', 'Transfer-Encoding: cow\r\nTransfer-Encoding: chunked', chunks),
  answer('space before the colon of Content-Length', 'Content-Length : 5', 'hello'),
  answer('Content-Length in a folded line', 'Content-Length:\r\n 5', 'hello', { passes }),
  answer('Content-Length after a bare LF', 'X-First: a\nContent-Length: 5', 'hello'),
  answer('Content-Length after a bare CR', 'X-First: a\rContent-Length: 5', 'hello'),
  answer('no length, body until the close', 'X-First: a', 'hello', { passes, mustPass: true }),
  answer('a body shorter than Content-Length', 'Content-Length: 6', 'hello', { breaks: true }),
  answer('a body shorter than Content-Length, then a reset', 'Content-Length: 6', 'hello', {
    breaks: true,
    afterwards: 'reset',
  }),
  answer('chunks in HTTP/1.0', 'Transfer-Encoding: chunked', chunks, {
    bytes: `HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
    breaks: true,
    passes,
  }),
  chunked('chunk with an extension', '5;a=b\r\nhello\r\n0\r\n\r\n', { breaks: false, passes }),
  chunked('chunk size with leading zeros', '0005\r\nhello\r\n0\r\n\r\n', { breaks: false, passes }),
  ...['zz', '-5', '+5', '0x5', '5 5', '', '10000000000000005', 'FFFFFFFFFFFFFFFF'].map((size) =>
    chunked(`chunk size ${JSON.stringify(size)}`, `${size}\r\nhello\r\n0\r\n\r\n`),
  ),
  chunked('bare LF after a chunk size', '5\nhello\r\n0\r\n\r\n'),
  chunked('bare LF after a chunk', '5\r\nhello\n0\r\n\r\n'),
  chunked('chunk longer than its size', '5\r\nhelloXX0\r\n\r\n'),
  chunked('chunks without the last chunk', '5\r\nhello\r\n'),
  chunked('chunks without the final empty line', '5\r\nhello\r\n0\r\n'),
  chunked('truncated chunk', '5\r\nhel'),
  chunked('truncated chunk, then a reset', '5\r\nhel', { afterwards: 'reset' }),
  ...['X-Note', 'Set-Cookie', 'Content-Length', 'Transfer-Encoding'].map((name) =>
    chunked(`trailer ${name}`, `5\r\nhello\r\n0\r\n${name}: ${planted}\r\n\r\n`, { passes }),
  ),
];

const kept = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
const keptChunked = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`;

/** Unsolicited bytes on a connection that may be reused: they must never become another client's response. */
export const leftovers: readonly OddAnswer[] = [
  { name: 'a second response after the response', bytes: kept + plantedAnswer, passes },
  { name: 'a second response after the chunks', bytes: keptChunked + plantedAnswer, passes },
  { name: 'ten responses after the response', bytes: kept + plantedAnswer.repeat(10), passes },
  { name: 'half a response after the response', bytes: `${kept}HTTP/1.1 200 OK\r\nX-First: `, passes },
  { name: 'a byte after the response', bytes: `${kept}X`, passes },
  { name: 'junk after the response', bytes: `${kept}\x00\x01\x02\r\n\r\n`, passes },
  { name: 'line breaks after the response', bytes: `${kept}\r\n\r\n`, passes },
  { name: 'a delayed second response', bytes: kept, later: plantedAnswer, passes },
  { name: 'a delayed half response', bytes: kept, later: 'HTTP/1.1 200 OK\r\nX-First: ', passes },
  {
    name: 'a delayed interim response',
    bytes: kept,
    later: `HTTP/1.1 103 Early Hints\r\nX-First: ${planted}\r\n\r\n`,
    passes,
  },
  { name: 'delayed junk', bytes: keptChunked, later: 'junk', passes },
  { name: 'a delayed line break', bytes: kept, later: '\r\n', passes },
  {
    name: 'HEAD, then a delayed second response',
    method: 'HEAD',
    bytes: kept.slice(0, -5),
    later: plantedAnswer,
    passes: { status: 200 },
  },
  {
    name: 'Connection: close, then a second response',
    bytes: kept.replace('OK\r\n', 'OK\r\nConnection: close\r\n') + plantedAnswer,
    passes,
  },
];
