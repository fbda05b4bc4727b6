import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Server as NetServer, type Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

/**
 * A backend that echoes WebSocket messages and knows the subprotocols `chat` and `news`. Other requests are left to its
 * HTTP server.
 */
export interface SocketBackend {
  readonly url: string;
  /** Every received request, upgrades included. */
  readonly requests: IncomingMessage[];
  readonly sockets: Set<WebSocket>;
  /** Number of connections accepted since its start. */
  connections(): number;
  close(): Promise<void>;
}

const answerPlain: RequestListener = (_req, res) => void res.end('plain');

export async function createSocketBackend(server: Server = createServer(answerPlain)): Promise<SocketBackend> {
  const requests: IncomingMessage[] = [];
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  const known = ['chat', 'news'];
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => known.find((protocol) => offered.has(protocol)) ?? false,
  });
  server.on('request', (req) => requests.push(req));
  server.on('upgrade', (req, socket, head) => {
    requests.push(req);
    sockets.handleUpgrade(req, socket, head, (peer) => {
      peer.on('error', () => undefined);
      peer.on('message', (data, isBinary) => peer.send(data, { binary: isBinary }));
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    sockets: sockets.clients,
    connections: () => connections,
    close: async () => {
      for (const peer of sockets.clients) peer.terminate();
      server.closeAllConnections();
      await closed(server);
    },
  };
}

/** A backend that hands every connection to `serve`, together with its first bytes. */
export interface RawBackend {
  readonly url: string;
  /** All bytes received so far, of all connections. */
  received(): string;
  readonly sockets: Set<Socket>;
  close(): Promise<void>;
}

export async function createRawBackend(serve: (socket: Socket) => void): Promise<RawBackend> {
  const sockets = new Set<Socket>();
  let received = '';
  const server = createNetServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    socket.once('data', () => serve(socket));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    received: () => received,
    sockets,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await closed(server);
    },
  };
}

/** The result of an attempt to open a WebSocket. */
export interface Opened {
  readonly peer: WebSocket;
  /** 101 when the WebSocket is open. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface OpenOptions {
  readonly headers?: Record<string, string>;
  readonly protocols?: string[];
  readonly origin?: string;
}

export async function openSocket(url: string, options: OpenOptions = {}): Promise<Opened> {
  const { protocols = [], ...rest } = options;
  const peer = new WebSocket(url, protocols, rest);
  peer.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    let headers: Opened['headers'] = {};
    peer.once('upgrade', (answer) => {
      headers = answer.headers;
    });
    peer.once('open', () => resolve({ peer, status: 101, headers, body: '' }));
    peer.once('unexpected-response', (request, answer) => {
      let body = '';
      answer.on('data', (chunk) => {
        body += chunk;
      });
      answer.on('end', () => {
        request.destroy();
        resolve({ peer, status: answer.statusCode ?? 0, headers: answer.headers, body });
      });
    });
    peer.once('error', (error) => {
      if (!/Unexpected server response/.test(error.message)) reject(error);
    });
  });
}

/** Resolves to the next message. */
export async function nextMessage(peer: WebSocket): Promise<{ data: Buffer; isBinary: boolean }> {
  const [data, isBinary] = (await once(peer, 'message')) as [Buffer, boolean];
  return { data, isBinary };
}

/** Resolves to the close code when the WebSocket has closed. */
export async function closeCode(peer: WebSocket): Promise<number> {
  const [code] = (await once(peer, 'close')) as [number];
  return code;
}

async function listen(server: NetServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const closed = (server: NetServer): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
