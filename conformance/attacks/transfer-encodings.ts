import { type Attack, hidden } from '../attack.ts';

const body = 'hello';
const chunked = `5\r\n${body}\r\n0\r\n\r\n`;
const post = (name: string, lines: readonly string[], rest: Partial<Attack> = {}): Attack => ({
  name,
  method: 'POST',
  lines,
  body: chunked,
  ...rest,
});

/** Values other than exactly `chunked`, which one reader may ignore and the next obey. */
const unknown = [
  'xchunked',
  'chunkedx',
  'x chunked',
  'chunked x',
  'chunked;q=1',
  '"chunked"',
  "'chunked'",
  'chunk\xe9d',
  '\x0bchunked',
  'chunked\x0c',
  '\x00chunked',
  'chunked, identity',
  'chunked, chunked',
  'chunked, gzip',
  'identity',
  'gzip',
  'cow',
  '',
];

/** Lists that end with `chunked`: a backend that gets only `chunked` would take compressed bytes for plain ones. */
const layered = ['gzip, chunked', 'identity, chunked', 'deflate,chunked', 'x-unknown, chunked'];

/** `Content-Length` together with `Transfer-Encoding`, and `Transfer-Encoding` in disguise. */
export const transferEncodings: readonly Attack[] = [
  post(
    'Content-Length that ends later than the chunks (CL.TE)',
    [`Content-Length: ${5 + hidden.length}`, 'Transfer-Encoding: chunked'],
    {
      body: `0\r\n\r\n${hidden}`,
      passes: {},
    },
  ),
  post('Content-Length that ends before the chunks (TE.CL)', ['Content-Length: 4', 'Transfer-Encoding: chunked'], {
    body: `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`,
    passes: { body: hidden },
  }),
  post('Transfer-Encoding before Content-Length', ['Transfer-Encoding: chunked', 'Content-Length: 5'], {
    passes: { body },
  }),
  post('Content-Length: 0 beside Transfer-Encoding (0.TE)', ['Content-Length: 0', 'Transfer-Encoding: chunked'], {
    passes: { body },
  }),
  ...unknown.map((value) =>
    post(`Transfer-Encoding: ${JSON.stringify(value)}`, [`Transfer-Encoding: ${value}`], { breaksOff: value === '' }),
  ),
  ...unknown
    .slice(0, -1)
    .map((value) =>
      post(`Transfer-Encoding: ${JSON.stringify(value)} beside Content-Length`, [
        `Transfer-Encoding: ${value}`,
        `Content-Length: ${chunked.length}`,
      ]),
    ),
  ...layered.map((value) => post(`Transfer-Encoding: ${JSON.stringify(value)}`, [`Transfer-Encoding: ${value}`])),
  ...[', chunked', 'chunked,'].map((value) =>
    post(`Transfer-Encoding: ${JSON.stringify(value)}`, [`Transfer-Encoding: ${value}`], { passes: { body } }),
  ),
  post('CHUNKED in capitals', ['Transfer-Encoding: CHUNKED'], { passes: { body } }),
  post('spaces and tabs around chunked', ['Transfer-Encoding: \t chunked \t'], { passes: { body } }),
  post('two Transfer-Encoding headers, both chunked', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']),
  post('two Transfer-Encoding headers, the second unknown', ['Transfer-Encoding: chunked', 'Transfer-Encoding: cow']),
  post('two Transfer-Encoding headers, the first unknown', ['Transfer-Encoding: cow', 'Transfer-Encoding: chunked']),
  post('two Transfer-Encoding headers, the first identity', [
    'Transfer-Encoding: identity',
    'transfer-encoding: chunked',
  ]),
  post('space between Transfer-Encoding and its colon', ['Transfer-Encoding : chunked']),
  post('tab between Transfer-Encoding and its colon', ['Transfer-Encoding\t: chunked']),
  post('Transfer-Encoding with a leading space', [' Transfer-Encoding: chunked', 'Content-Length: 5']),
  post('Transfer-Encoding in a folded line', ['Transfer-Encoding:\r\n chunked']),
  post('Transfer-Encoding as part of a folded line', [
    'X-First: a\r\n Transfer-Encoding: chunked',
    'Content-Length: 15',
  ]),
  post('Transfer-Encoding in a bare LF line', ['X-First: a\nTransfer-Encoding: chunked', 'Content-Length: 15']),
  post('Transfer-Encoding in a bare CR line', ['X-First: a\rTransfer-Encoding: chunked', 'Content-Length: 15']),
  post('Transfer-Encoding with NUL in its name', ['Transfer-Encoding\x00: chunked', 'Content-Length: 15']),
  post('Transfer_Encoding in place of Transfer-Encoding', ['Transfer_Encoding: chunked', 'Content-Length: 15'], {
    passes: { body: chunked, without: ['transfer_encoding'] },
  }),
  post('HTTP/1.0 with Transfer-Encoding', ['Transfer-Encoding: chunked'], { version: 'HTTP/1.0', passes: { body } }),
  post('HTTP/1.0 with Transfer-Encoding and Content-Length', ['Transfer-Encoding: chunked', 'Content-Length: 15'], {
    version: 'HTTP/1.0',
    passes: { body },
  }),
  {
    name: 'GET whose chunks are a request (TE.0)',
    lines: ['Transfer-Encoding: chunked'],
    body: `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`,
    passes: { body: hidden },
  },
  {
    name: 'OPTIONS whose chunks are a request (TE.0)',
    method: 'OPTIONS',
    lines: ['Transfer-Encoding: chunked'],
    body: `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`,
    passes: { body: hidden },
  },
];
