import type { Attack, Form } from '../attack.ts';

const body = 'hello';
const get = (name: string, lines: readonly string[], passes: Form, rest: Partial<Attack> = {}): Attack => ({
  name,
  lines,
  passes,
  ...rest,
});
const named = (connection: string, lines: readonly string[] = ['X-Secret: planted']): Attack =>
  get(`Connection: ${connection}`, [`Connection: ${connection}`, ...lines], { never: ['planted'] });

/** Hop-by-hop headers, and `Connection` used against headers that the gateway needs. */
export const hopByHop: readonly Attack[] = [
  named('x-secret'),
  named('close, X-Secret'),
  named('keep-alive,x-secret'),
  named('X-SECRET ,\tclose'),
  named(',,, x-secret ,,'),
  named(`${'x, '.repeat(500)}x-secret`),
  get('two Connection headers', ['Connection: close', 'Connection: X-Secret', 'X-Secret: planted'], {
    never: ['planted'],
  }),
  get(
    'Connection that names a header that is sent twice',
    ['X-Secret: planted', 'Connection: x-secret', 'x-secret: planted'],
    {
      never: ['planted'],
    },
  ),
  get('Connection that names itself', ['Connection: connection, close'], {}),
  ...['content-length', 'close, Content-Length', 'transfer-encoding', 'content-length, host, authorization'].map(
    (names): Attack => ({
      name: `Connection: ${names}, with a body`,
      method: 'POST',
      lines: [`Connection: ${names}`, 'Content-Length: 5'],
      body,
      passes: { body },
    }),
  ),
  {
    name: 'Connection: transfer-encoding, with chunks',
    method: 'POST',
    lines: ['Connection: transfer-encoding', 'Transfer-Encoding: chunked'],
    body: `5\r\n${body}\r\n0\r\n\r\n`,
    passes: { body },
  },
  get('Connection that names Host and X-Target-Server', ['Connection: host, x-target-server, authorization'], {}),
  get('Keep-Alive', ['Keep-Alive: timeout=planted'], { without: ['keep-alive'] }),
  get('Proxy-Connection', ['Proxy-Connection: keep-alive'], { without: ['proxy-connection'] }),
  get('Proxy-Authorization', ['Proxy-Authorization: Basic planted'], { never: ['planted'] }),
  get('Proxy-Authenticate', ['Proxy-Authenticate: Basic realm=planted'], { never: ['planted'] }),
  get('TE: trailers', ['TE: trailers'], { without: ['te'] }),
  get('TE: trailers, named by Connection', ['Connection: TE', 'TE: trailers, deflate'], { without: ['te'] }),
  get('Trailer without chunks', ['Trailer: X-Secret'], { without: ['trailer'] }),
  get('Proxy_Connection', ['Proxy_Connection: planted'], { never: ['planted'] }),
];

const upgrading = (name: string, upgrade: string, more: readonly string[] = []): Attack =>
  get(name, ['Connection: Upgrade', `Upgrade: ${upgrade}`, ...more], {
    without: ['upgrade', 'http2-settings'],
    never: ['AAMAAABkAAQAAP'],
  });

/** Upgrades to HTTP/2 or TLS, which would hide the traffic on the backend connection from the gateway. */
export const upgrades: readonly Attack[] = [
  upgrading('Upgrade: h2c', 'h2c', ['HTTP2-Settings: AAMAAABkAAQAAP__']),
  get(
    'Upgrade: h2c, with HTTP2-Settings named',
    ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'],
    {
      without: ['upgrade', 'http2-settings'],
    },
  ),
  get('Upgrade: h2c without Connection', ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'], {
    without: ['upgrade', 'http2-settings'],
  }),
  upgrading('Upgrade: TLS/1.0', 'TLS/1.0'),
  upgrading('Upgrade: HTTP/2.0', 'HTTP/2.0'),
  upgrading('Upgrade: anything', 'anything'),
  upgrading('Upgrade: h2c, websocket', 'h2c, websocket', ['Sec-WebSocket-Version: 777']),
  {
    ...upgrading('Upgrade: h2c on a POST', 'h2c', ['Content-Length: 5']),
    method: 'POST',
    body,
    passes: { body, without: ['upgrade', 'http2-settings'] },
  },
];
