import { type Attack, hidden } from '../attack.ts';

const inHead = (name: string, lines: readonly string[], rest: Partial<Attack> = {}): Attack => ({
  name,
  lines,
  ...rest,
});
/** Changes the request line of a valid request. */
const firstLine = (name: string, change: (line: string) => string, rest: Partial<Attack> = {}): Attack => ({
  name,
  rewrite: (request) => {
    const end = request.indexOf('\r\n');
    return change(request.slice(0, end)) + request.slice(end);
  },
  ...rest,
});

/** Header lines whose limits differ between readers. */
export const headerLines: readonly Attack[] = [
  inHead('bare LF between headers', ['X-First: a\nX-Second: b']),
  inHead('bare CR between headers', ['X-First: a\rX-Second: b']),
  inHead('bare CR and CRLF', ['X-First: a\r\r\nX-Second: b']),
  { name: 'bare LF throughout', rewrite: (request) => request.replaceAll('\r\n', '\n'), breaksOff: true },
  { name: 'bare LF at the end of the head', rewrite: (request) => `${request.slice(0, -4)}\n\n`, breaksOff: true },
  {
    name: 'CRLF and bare LF at the end of the head',
    rewrite: (request) => `${request.slice(0, -2)}\n`,
    breaksOff: true,
  },
  { name: 'bare CR at the end of the head', rewrite: (request) => `${request.slice(0, -2)}\rX`, breaksOff: true },
  inHead('a request after a bare LF', [`X-First: a\n\n${hidden}`]),
  inHead('a request after a bare CR', [`X-First: a\r\r${hidden}`]),
  inHead('header folded with a space', ['X-First: a\r\n b']),
  inHead('header folded with a tab', ['X-First: a\r\n\tb']),
  inHead('folded empty line', ['X-First: a\r\n \r\n b']),
  { name: 'first header with a leading space', rewrite: (request) => request.replace('\r\nHost', '\r\n Host') },
  inHead('header with a leading space', [' X-First: a']),
  inHead('space before the colon', ['X-First : a']),
  inHead('tab before the colon', ['X-First\t: a']),
  inHead('NUL in a value', ['X-First: a\x00b']),
  inHead('NUL in a name', ['X-Fi\x00rst: a']),
  inHead('control character in a value', ['X-First: a\x01b']),
  inHead('DEL in a value', ['X-First: a\x7fb']),
  inHead('control character in a name', ['X-\x01First: a']),
  inHead('vertical tab after the colon', ['X-First:\x0ba'], { passes: { headers: {} } }),
  inHead('no colon', ['X-First']),
  inHead('no name', [': a']),
  ...['(', ')', '@', '"', '/', '[', '{', '\\', ';', '<', '=', '?', ',', '\xe9'].map((letter) =>
    inHead(`"${letter}" in a name`, [`X-Fi${letter}rst: a`]),
  ),
  inHead('empty value', ['X-First:'], { passes: { headers: { 'x-first': '' } }, mustPass: true }),
  inHead('non-ASCII bytes in a value', ['X-First: caf\xe9 \xc3\xa9'], {
    passes: { headers: { 'x-first': 'caf\xe9 \xc3\xa9' } },
  }),
  inHead('tab inside a value', ['X-First: a\tb'], { passes: { headers: { 'x-first': 'a\tb' } } }),
  inHead('a header named __proto__', ['__proto__: a', 'constructor: b'], { passes: {} }),
];

/** Request lines that two readers can parse differently. */
export const requestLines: readonly Attack[] = [
  firstLine('HTTP/0.9', (line) => line.replace(/ HTTP.*$/, '')),
  {
    name: 'HTTP/0.9, request line only',
    rewrite: (request) => request.replace(/ HTTP[\s\S]*$/, '\r\n'),
    breaksOff: true,
  },
  ...[
    'HTTP/1.2',
    'HTTP/2.0',
    'HTTP/9.9',
    'HTTP/1.1x',
    'HTTP/1.10',
    'HTTP/01.1',
    'HTTP/1',
    'http/1.1',
    'HTTQ/1.1',
    'ICE/1.0',
  ].map((version): Attack => ({ name: `version ${version}`, version })),
  firstLine('two spaces before the target', (line) => line.replace(' ', '  '), { passes: {} }),
  firstLine('two spaces before the version', (line) => line.replace(' HTTP', '  HTTP'), { passes: {} }),
  firstLine('tab before the target', (line) => line.replace(' ', '\t')),
  firstLine('tab before the version', (line) => line.replace(' HTTP', '\tHTTP')),
  firstLine('space after the version', (line) => `${line} `),
  firstLine('space in the target', (line) => line.replace(' HTTP', ' /smuggled HTTP')),
  firstLine('two versions', (line) => `${line} HTTP/1.1`),
  firstLine('bare LF after the request line', (line) => `${line}\nX-First: a`),
  firstLine('bare CR in the request line', (line) => line.replace(' HTTP', '\r HTTP')),
  firstLine('NUL in the request line', (line) => line.replace(' HTTP', '\x00 HTTP')),
  firstLine('leading space', (line) => ` ${line}`),
  firstLine('leading empty line', (line) => `\r\n${line}`, { passes: {} }),
  firstLine('leading bare LF', (line) => `\n${line}`, { passes: {} }),
  firstLine('leading bare CR', (line) => `\r${line}`, { passes: {} }),
  firstLine('leading NUL', (line) => `\x00${line}`),
  firstLine('leading byte order mark', (line) => `\xef\xbb\xbf${line}`),
  ...['get', 'Get', 'GET/', 'G\x00ET', 'G:ET', 'BREW', 'GETGET', 'PRI', ''].map(
    (method): Attack => ({ name: `method ${JSON.stringify(method)}`, method }),
  ),
  { name: 'TRACE', method: 'TRACE' },
  { name: 'CONNECT with a path', method: 'CONNECT' },
  { name: 'CONNECT with an authority', rewrite: (request) => request.replace(/^GET \S+/, 'CONNECT smuggled.test:80') },
  {
    name: 'the preface of HTTP/2',
    rewrite: () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00',
  },
  { name: 'a TLS ClientHello', rewrite: () => '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03', breaksOff: true },
  { name: 'leading PROXY protocol line', rewrite: (request) => `PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n${request}` },
];

const evil = 'smuggled.test';
const hostPasses = { never: [`\r\nHost: ${evil}`, `\r\nhost: ${evil}`] };

/** Requests with a missing, repeated or contradictory host. */
export const hosts: readonly Attack[] = [
  { name: 'no Host', host: null },
  {
    name: 'two Host headers that are the same',
    rewrite: (request) => request.replace(/\r\n(Host: \S+)/, '\r\n$1\r\n$1'),
  },
  { name: 'two Host headers that differ', lines: [`Host: ${evil}`] },
  { name: 'two Host headers that differ, in another case', lines: [`hOST: ${evil}`] },
  { name: 'Host in a folded line', lines: [`X-First: a\r\n Host: ${evil}`] },
  { name: 'another Host', host: evil, passes: hostPasses },
  { name: 'Host with a final dot', host: 'example.com.', passes: {}, mustPass: true },
  ...[
    `${evil}/path`,
    `user@${evil}`,
    `a ${evil}`,
    `a, ${evil}`,
    `${evil}:port`,
    `${evil}#`,
    `${evil}?`,
    `http://${evil}`,
    `a"${evil}`,
    `a\\${evil}`,
    `<${evil}>`,
    `[${evil}`,
  ].map((host): Attack => ({ name: `Host: ${host}`, host })),
  { name: 'absolute form', rewrite: (request) => request.replace(' /', ` http://${evil}/`) },
  {
    name: 'absolute form with the right host',
    rewrite: (request) => request.replace(/^GET (\S+)([\s\S]*?\r\nHost: (\S+))/, 'GET http://$3$1$2'),
    passes: {},
  },
  { name: 'absolute form of another scheme', rewrite: (request) => request.replace(' /', ` ftp://${evil}/`) },
  { name: 'a target that begins with @', rewrite: (request) => request.replace(' /', ` @${evil}/`) },
  { name: 'a target without a leading slash', rewrite: (request) => request.replace(' /', ' ') },
  { name: 'OPTIONS *', method: 'OPTIONS', rewrite: (request) => request.replace(/^OPTIONS \S+/, 'OPTIONS *') },
  {
    name: 'X-Host and X-HTTP-Host-Override',
    lines: [`X-Host: ${evil}`, `X-HTTP-Host-Override: ${evil}`],
    passes: hostPasses,
  },
];
