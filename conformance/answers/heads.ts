import { type OddAnswer, planted } from '../odd-answer.ts';

const passes = { status: 200, body: 'ok' };
const head = (name: string, lines: string, rest: Partial<OddAnswer> = {}): OddAnswer => ({
  name,
  bytes: `HTTP/1.1 200 OK\r\n${lines}\r\nContent-Length: 2\r\n\r\nok`,
  afterwards: 'close',
  ...rest,
});
const long = (bytes: number, rest: Partial<OddAnswer> = {}): OddAnswer => {
  const value = `${'x'.repeat(bytes - 3)}END`;
  return head(`header of ${bytes} bytes`, `X-Long: ${value}`, {
    passes: { ...passes, headers: { 'x-long': value } },
    ...rest,
  });
};
const many = (count: number, rest: Partial<OddAnswer> = {}): OddAnswer =>
  head(`${count} headers`, Array.from({ length: count }, (_, index) => `X-Header-${index}: ${index}`).join('\r\n'), {
    passes: { ...passes, headers: { [`x-header-${count - 1}`]: String(count - 1) } },
    ...rest,
  });
const dropped = (name: string, lines: string, without: readonly string[]): OddAnswer =>
  head(name, lines, { passes: { ...passes, without }, afterwards: 'close' });

/** Response heads that could change their meaning on the way to the client. */
export const heads: readonly OddAnswer[] = [
  head('bare CR in a value', `X-First: a\rX-Header: ${planted}`),
  head('bare LF in a value', `X-First: a\nX-Header: ${planted}`),
  head('two bare LF in a value', `X-First: a\n\n${planted}`),
  head('NUL in a value', 'X-First: a\x00b'),
  head('control character in a value', 'X-First: a\x01b'),
  head('DEL in a value', 'X-First: a\x7fb'),
  head('folded line', 'X-First: a\r\n b', { passes }),
  head('no colon', 'X-First'),
  head('no name', ': a'),
  head('space before the colon', 'X-First : a'),
  head('space in a name', 'X First: a'),
  head('non-ASCII byte in a name', 'X-Caf\xe9: a'),
  head('non-ASCII bytes in a value', 'X-First: caf\xe9 \xc3\xa9', {
    passes: { ...passes, headers: { 'x-first': 'caf\xe9 \xc3\xa9' } },
  }),
  {
    ...head('non-ASCII bytes in a value, before a delayed body', ''),
    bytes: 'HTTP/1.1 200 OK\r\nX-First: caf\xe9 \xc3\xa9\r\n\r\n',
    rest: 'ok',
    passes: { ...passes, headers: { 'x-first': 'caf\xe9 \xc3\xa9' } },
  },
  ...['Content-Length: 2\r\n', ''].map(
    (length): OddAnswer => ({
      ...head(`non-ASCII bytes in Content-Disposition, ${length === '' ? 'before' : 'after'} Content-Length`, ''),
      bytes: `HTTP/1.1 200 OK\r\n${length}Content-Disposition: attachment; filename="caf\xe9 \xc3\xa9"\r\n${length === '' ? 'Content-Length: 2\r\n' : ''}\r\nok`,
      passes: { ...passes, headers: { 'content-disposition': 'attachment; filename="caf\xe9 \xc3\xa9"' } },
      mustPass: true,
    }),
  ),
  head('empty value', 'X-First:', { passes: { ...passes, headers: { 'x-first': '' } }, mustPass: true }),
  head('a header named __proto__', '__proto__: a\r\nconstructor: b', { passes }),
  head('three cookies', 'Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nset-cookie: c=3', {
    passes: { ...passes, headers: { 'set-cookie': 'a=1, b=2, c=3' } },
    mustPass: true,
  }),
  head('two Location headers', 'Location: /a\r\nLocation: /b', { passes }),
  long(8000, { mustPass: true }),
  ...[15_000, 16_384, 20_000, 32_000, 32_768, 33_000, 40_000, 70_000].map((bytes) => long(bytes)),
  many(50, { mustPass: true }),
  ...[100, 150, 200, 250, 500, 1000, 2000].map((count) => many(count)),
  { name: 'an endless header', bytes: 'HTTP/1.1 200 OK\r\nX-Long: ', endless: 'x' },
  { name: 'endless headers', bytes: 'HTTP/1.1 200 OK\r\n', endless: 'X-Header: a\r\n' },
  {
    name: 'endless trailers',
    bytes: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n',
    endless: 'X-Header: a\r\n',
    breaks: true,
  },
  { name: 'a truncated head', bytes: 'HTTP/1.1 200 OK\r\nContent-Le', afterwards: 'close' },
  { name: 'a truncated head, then a reset', bytes: 'HTTP/1.1 200 OK\r\nContent-Le', afterwards: 'reset' },
  dropped('Keep-Alive', 'Keep-Alive: timeout=1, max=1', []),
  dropped('Connection that names a header', 'Connection: close, X-Secret\r\nX-Secret: Planted', ['x-secret']),
  dropped('Upgrade', 'Connection: Upgrade\r\nUpgrade: h2c', ['upgrade']),
  dropped('Proxy-Authenticate and Proxy-Connection', 'Proxy-Authenticate: Basic\r\nProxy-Connection: keep-alive', [
    'proxy-connection',
    'proxy-authenticate',
  ]),
  dropped('Trailer', 'Trailer: X-Note', ['trailer']),
  dropped('TE', 'TE: trailers', ['te']),
];
