import { type Attack, hidden } from '../attack.ts';

const body = 'hello';
const end = '0\r\n\r\n';
const post = (name: string, chunks: string, rest: Partial<Attack> = {}): Attack => ({
  name,
  method: 'POST',
  lines: ['Transfer-Encoding: chunked'],
  body: chunks,
  ...rest,
});

const badSizes = ['zz', '-5', '+5', '0x5', '5 5', ' 5', '', '5h', '\x0b5', '5\x00', '5_', '5,', '\u0665'];

/** Chunks that end elsewhere for another reader. */
export const chunks: readonly Attack[] = [
  ...badSizes.map((size) =>
    post(`chunk size ${JSON.stringify(size)}`, `${Buffer.from(size).toString('latin1')}\r\n${body}\r\n${end}`),
  ),
  post('chunk size with a trailing space', `5 \r\n${body}\r\n${end}`, { passes: { body } }),
  post('chunk size with leading zeros', `0005\r\n${body}\r\n${end}`, { passes: { body } }),
  post('chunk size beyond 64 bits', `10000000000000005\r\n${body}\r\n${end}`),
  post('chunk size just below 64 bits', `FFFFFFFFFFFFFFFE\r\n${body}\r\n${end}`, { breaksOff: true }),
  post('chunk size of 1,000 zeros', `${'0'.repeat(1000)}5\r\n${body}\r\n${end}`, { passes: { body } }),
  post('chunk with an extension', `5;name=value\r\n${body}\r\n${end}`, { passes: { body } }),
  post('chunk with a quoted extension', `5;name="a;b"\r\n${body}\r\n${end}`, { passes: { body } }),
  post('chunk with an extension of 20,000 bytes', `5;${'x'.repeat(20_000)}\r\n${body}\r\n${end}`, { passes: { body } }),
  post('chunk with an empty extension', `5;\r\n${body}\r\n${end}`, { passes: { body } }),
  post('bare LF in an extension (TERM.EXT)', `5;\n${body}\r\n${end}`),
  post('bare LF in a quoted extension', `5;name="\n"\r\n${body}\r\n${end}`),
  post('bare CR in an extension', `5;a\rb\r\n${body}\r\n${end}`),
  post('NUL in an extension', `5;a\x00b\r\n${body}\r\n${end}`),
  post('bare LF after a chunk size', `5\n${body}\r\n${end}`),
  post('bare CR after a chunk size', `5\r${body}\r\n${end}`),
  post('bare LF after a chunk', `5\r\n${body}\n${end}`),
  post('bare CR after a chunk', `5\r\n${body}\r${end}`),
  post('no line break after a chunk (SPILL)', `5\r\n${body}${end}`),
  post('chunk two bytes longer than its size (SPILL)', `5\r\n${body}XX${end}`),
  post('two line breaks after a chunk', `5\r\n${body}\r\n\r\n${end}`),
  post('bare LF at the end of the chunks', `5\r\n${body}\r\n0\n\n`),
  post('bare LF after the last chunk', `5\r\n${body}\r\n0\n\r\n`),
  post('truncated chunks', `5\r\n${body.slice(0, 3)}`, { breaksOff: true }),
  post('chunks without the last chunk', `5\r\n${body}\r\n`, { breaksOff: true }),
  post('chunks without the final empty line', `5\r\n${body}\r\n0\r\n`, { breaksOff: true }),
  post('junk after the chunks', `5\r\n${body}\r\n${end}\x00\x01 junk\r\n\r\n`, { passes: { body } }),
  post('a request as an extension', `5;${hidden.replaceAll('\r\n', '\n')}\r\n${body}\r\n${end}`),
  post('a request after a bare LF in an extension', `5;\n${hidden.length.toString(16)}\r\n${hidden}\r\n${end}`),
  post('a chunked body that itself looks chunked', `1b\r\n5\r\nhello\r\n0\r\n\r\nGET / HTTP/1\r\n${end}`, {
    passes: { body: '5\r\nhello\r\n0\r\n\r\nGET / HTTP/1' },
    mustPass: true,
  }),
  post('one byte in each chunk', `${[...body].map((letter) => `1\r\n${letter}\r\n`).join('')}${end}`, {
    passes: { body },
    mustPass: true,
  }),
  post('chunks in many small writes', `5\r\n${body}\r\n${end}`, { pieces: 40, passes: { body }, mustPass: true }),
];

const trailing = (name: string, trailers: string, rest: Partial<Attack> = {}): Attack =>
  post(name, `5\r\n${body}\r\n0\r\n${trailers}\r\n`, rest);

/** Trailers: must be dropped, since a backend may take them for headers that the gateway has checked. */
export const trailers: readonly Attack[] = [
  ...['X-Note', 'Content-Length', 'Transfer-Encoding', 'Host', 'Authorization', 'X-User-Id', 'X-Forwarded-For'].map(
    (name) => trailing(`trailer ${name}`, `${name}: spoofed\r\n`, { passes: { body, never: ['spoofed'] } }),
  ),
  trailing('announced trailer', 'X-Note: spoofed\r\n', {
    lines: ['Transfer-Encoding: chunked', 'Trailer: X-Note'],
    passes: { body, never: ['spoofed'] },
  }),
  trailing('trailer with a bare LF', 'X-Note: a\nX-More: b\r\n'),
  trailing('trailer with a space before its colon', 'X-Note : a\r\n'),
  trailing('trailer with NUL', 'X-Note: a\x00b\r\n'),
  trailing('trailer without a colon', 'GET /smuggled HTTP/1.1\r\n'),
  trailing('trailers of 40,000 bytes', `X-Note: ${'x'.repeat(40_000)}\r\n`, { passes: { body } }),
  trailing('2,000 trailers', 'X-Note: a\r\n'.repeat(2000), { passes: { body } }),
];
