import { type OddAnswer, planted, plantedAnswer } from '../odd-answer.ts';

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const passes = { status: 200, body: 'ok' };
const line = (first: string, rest: Partial<OddAnswer> = {}): OddAnswer => ({
  name: `status line ${JSON.stringify(first.length > 60 ? `${first.slice(0, 40)}…` : first)}`,
  bytes: `${first}\r\nContent-Length: 2\r\n\r\nok`,
  afterwards: 'close',
  ...rest,
});
const interim = (status: string, rest: Partial<OddAnswer> = {}): OddAnswer => ({
  name: `${status} before the response`,
  bytes: `HTTP/1.1 ${status}\r\n\r\n${ok}`,
  passes,
  ...rest,
});

/** Unusual statuses and status lines. */
export const statuses: readonly OddAnswer[] = [
  interim('100 Continue'),
  interim('102 Processing', { mustPass: true }),
  interim('103 Early Hints\r\nLink: </a.css>; rel=preload', { mustPass: true }),
  interim('199 Odd'),
  {
    ...interim('103 Early Hints'),
    name: '50 times 103 before the response',
    bytes: `${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(50)}${ok}`,
  },
  { name: '100 without a response', bytes: 'HTTP/1.1 100 Continue\r\n\r\n', afterwards: 'close' },
  { name: '103 without a response', bytes: 'HTTP/1.1 103 Early Hints\r\n\r\n', afterwards: 'close' },
  {
    name: '103 with a body',
    bytes: `HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\nhello${ok}`,
    afterwards: 'close',
  },
  {
    name: 'unsolicited 101',
    bytes: `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n${plantedAnswer}`,
    afterwards: 'close',
  },
  {
    name: '101 without Upgrade',
    bytes: `HTTP/1.1 101 Switching Protocols\r\n\r\n${plantedAnswer}`,
    afterwards: 'close',
  },
  { name: '204 with a body', bytes: `HTTP/1.1 204 No Content\r\n\r\n${plantedAnswer}`, passes: { status: 204 } },
  {
    name: '204 with Content-Length',
    bytes: `HTTP/1.1 204 No Content\r\nContent-Length: ${plantedAnswer.length}\r\n\r\n${plantedAnswer}`,
    passes: { status: 204 },
  },
  {
    name: '204 with chunks',
    bytes: 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    passes: { status: 204, without: ['transfer-encoding'] },
  },
  { name: '304 with a body', bytes: `HTTP/1.1 304 Not Modified\r\n\r\n${plantedAnswer}`, passes: { status: 304 } },
  {
    name: '304 with Content-Length',
    bytes: `HTTP/1.1 304 Not Modified\r\nContent-Length: ${plantedAnswer.length}\r\n\r\n${plantedAnswer}`,
    passes: { status: 304 },
  },
  {
    name: '205 with a body',
    bytes: 'HTTP/1.1 205 Reset Content\r\nContent-Length: 2\r\n\r\nok',
    passes: { status: 205, body: 'ok' },
  },
  {
    name: 'response to HEAD with a body',
    method: 'HEAD',
    bytes: `HTTP/1.1 200 OK\r\nContent-Length: ${plantedAnswer.length}\r\n\r\n${plantedAnswer}`,
    passes: { status: 200 },
  },
  {
    name: 'response to HEAD with chunks',
    method: 'HEAD',
    bytes: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    passes: { status: 200 },
  },
  ...[
    '600 Odd',
    '799 Odd',
    '999 Odd',
    '000 Odd',
    '099 Odd',
    '2000 OK',
    '20 OK',
    '2x0 OK',
    '-200 OK',
    '+200 OK',
    '200OK',
    '0200 OK',
    '',
  ].map((status) => line(`HTTP/1.1 ${status}`)),
  line('HTTP/1.1 200', { passes }),
  line('HTTP/1.1 200 ', { passes, mustPass: true }),
  line('HTTP/1.1 200 All is well: (really) "yes"', { passes, mustPass: true }),
  line('HTTP/1.1 200 caf\xe9 \xc3\xa9', { passes }),
  line('HTTP/1.1 200 a\tb', { passes }),
  line('HTTP/1.1 200 a\x00b', { passes }),
  line('HTTP/1.1 200 a\x01b', { passes }),
  line('HTTP/1.1 200 a\x7fb', { passes }),
  line(`HTTP/1.1 200 OK\rX-Header: ${planted}`),
  line(`HTTP/1.1 200 OK\nX-Header: ${planted}`),
  line(`HTTP/1.1 200 ${'x'.repeat(20_000)}`, { passes }),
  line('HTTP/1.0 200 OK', { passes, mustPass: true }),
  {
    name: 'HTTP/1.0 without a length',
    bytes: 'HTTP/1.0 200 OK\r\n\r\nok',
    afterwards: 'close',
    passes,
    mustPass: true,
  },
  line('HTTP/1.1  200 OK', { passes }),
  // Harmless: the client gets a response with a status line of the gateway.
  ...['HTTP/2.0 200 OK', 'HTTP/0.9 200 OK', 'RTSP/1.0 200 OK'].map((first) => line(first, { passes })),
  ...[
    'HTTP/9.9 200 OK',
    'HTTP/1.1x 200 OK',
    'HTTP/11 200 OK',
    'http/1.1 200 OK',
    'HTTP/1.1\t200 OK',
    'HTTP 200 OK',
    'ICY 200 OK',
    ' HTTP/1.1 200 OK',
    '\x00HTTP/1.1 200 OK',
    'GET / HTTP/1.1',
  ].map((first) => line(first)),
  line('\r\nHTTP/1.1 200 OK', { passes }),
  { name: 'HTTP/0.9, body only', bytes: '<html>hello</html>', afterwards: 'close' },
  { name: 'a TLS alert', bytes: '\x15\x03\x01\x00\x02\x02\x46', afterwards: 'close' },
  { name: 'no bytes, then a close', bytes: '', afterwards: 'close' },
  { name: 'no bytes, then a reset', bytes: '', afterwards: 'reset' },
];
