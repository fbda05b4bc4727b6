import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A request as it arrived. */
export interface Received {
  /** `performance.now()` when the request was complete. */
  at: number;
  method: string;
  /** Path and query. */
  path: string;
  /** By name in lower case. */
  headers: Record<string, string>;
  body: string;
}

/**
 * The receiver's reaction to a request: it writes the pieces in order, each after a delay, and then keeps, closes or
 * resets the connection. `silence` keeps it open.
 */
export interface Reaction {
  pieces?: readonly (string | Buffer)[];
  /** Milliseconds before each piece. */
  delayMs?: number;
  /** Default `keep`: the connection takes further requests. */
  afterwards?: 'keep' | 'close' | 'reset' | 'silence';
}

/** Returns the reaction to a request; `count` is its number, from 1. An error of it is an unhandled rejection. */
export type Script = (request: Received, count: number) => Reaction;

/** A scripted HTTP endpoint: the script controls every byte of its responses. */
export interface Receiver {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** All requests so far. */
  readonly received: Received[];
  /** Connections accepted so far. */
  readonly connections: number;
  /** Replaces the script. */
  script(script: Script): void;
  /** Ends its connections and stops listening. */
  close(): Promise<void>;
}

/** A complete HTTP response. */
export function answer(status: number, body = '', headers: Record<string, string> = {}): Reaction {
  const lines = Object.entries({ 'Content-Length': String(Buffer.byteLength(body)), ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const hasBody = status >= 200 && status !== 204 && status !== 304;
  return { pieces: [`HTTP/1.1 ${status} Answer\r\n${lines.join('')}\r\n${hasBody ? body : ''}`], afterwards: 'keep' };
}

/**
 * Starts a receiver on 127.0.0.1. Port 0: any free port. The default script answers 200 to every request. Rejects with a `TypeError`
 * for a script that is no function.
 */
export async function createReceiver(script: Script = () => answer(200, 'ok'), port = 0): Promise<Receiver> {
  requireFunction(script);
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  let current = script;
  let connections = 0;

  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    readRequests(socket, (request) => {
      received.push(request);
      return react(socket, current(request, received.length));
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    received,
    get connections() {
      return connections;
    },
    script: (next) => {
      requireFunction(next);
      current = next;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function requireFunction(script: unknown): void {
  if (typeof script === 'function') return;
  throw new TypeError('A script is a function (request, count) => reaction, such as () => answer(503).');
}

/**
 * Whether `webhook-signature` is valid for `secret` (`whsec_…`). It signs the body; for GET and DELETE, path and query.
 */
export function isSignedWith(secret: string, { headers, body, method, path }: Received): boolean {
  const content = method === 'GET' || method === 'DELETE' ? path : body;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const mac = createHmac('sha256', key)
    .update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${content}`)
    .digest();
  return (headers['webhook-signature'] ?? '').split(' ').some((entry) => {
    const given = Buffer.from(entry.replace(/^v1,/, ''), 'base64');
    return given.length === mac.length && timingSafeEqual(given, mac);
  });
}

const tlsHandshake = 0x16;

function readRequests(socket: Socket, handle: (request: Received) => Promise<void>): void {
  let buffer: Buffer = Buffer.alloc(0);
  let busy = Promise.resolve();
  socket.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    // A TLS handshake is rejected at once with plain HTTP; otherwise the client would wait for its timeout.
    if (buffer[0] === tlsHandshake) {
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      return;
    }
    for (let parsed = parseRequest(buffer); parsed; parsed = parseRequest(buffer)) {
      const { request, size } = parsed;
      buffer = buffer.subarray(size);
      busy = busy.then(() => handle(request));
    }
  });
}

function parseRequest(bytes: Buffer): { request: Received; size: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const [method = '', path = ''] = first.split(' ');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const size = end + 4 + Number(headers['content-length'] ?? 0);
  if (bytes.length < size) return undefined;
  const body = bytes.subarray(end + 4, size).toString('utf8');
  return { request: { at: performance.now(), method, path, headers, body }, size };
}

async function react(socket: Socket, { pieces = [], delayMs = 0, afterwards = 'keep' }: Reaction): Promise<void> {
  for (const piece of pieces) {
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs).unref());
    if (socket.destroyed) return;
    socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
  }
  if (afterwards === 'close') socket.end();
  if (afterwards === 'reset') socket.resetAndDestroy();
}
