import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { framingOf, type Head, type Header, MessageReader, ProtocolError, valuesOf } from './message-reader.ts';

/** A request as the backend received it. */
export interface Arrived {
  readonly method: string;
  /** Path and query, byte for byte. */
  readonly target: string;
  readonly headers: readonly Header[];
  readonly trailers: readonly Header[];
  readonly body: Buffer;
  /** The raw head, one character per byte. */
  readonly head: string;
}

/** A request whose head has arrived, for a backend with custom behaviour. */
export interface Exchange {
  readonly head: Pick<Arrived, 'method' | 'target' | 'headers'>;
  readonly socket: Socket;
  /** Number of body bytes received so far. */
  readonly received: () => number;
  /** Resolves with the complete request; stays pending if its connection breaks before. */
  readonly whole: Promise<Arrived>;
}

export type Behaviour = (exchange: Exchange) => unknown;

/** A backend that records every request and responds as configured. */
export interface RecordingBackend {
  readonly port: number;
  /** Complete requests in order of arrival. */
  readonly arrived: readonly Arrived[];
  /** Descriptions of the input that was not strictly valid HTTP. */
  readonly violations: readonly string[];
  /** Number of open connections. */
  readonly connections: () => number;
  /** Handles requests whose target contains `text`; the default response contains the request's method and target. */
  behave(text: string, behaviour: Behaviour): void;
  /** Clears the recordings and behaviours. */
  clear(): void;
  /** Stops listening and closes all connections; `start` listens on the same port again. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

const requestLine = /^([A-Z-]+) (\/[\x21-\x7e]*) HTTP\/1\.[01]$/;

/** The default: responds with method and target, so that a response to another request is detected. */
const answerItself: Behaviour = async ({ whole, socket }) => {
  const { method, target } = await whole;
  const text = `${method} ${target}`;
  const body = method === 'HEAD' ? '' : text;
  socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\n\r\n${body}`);
};

/** Starts a backend; `port` 0 picks a free one. */
export async function startRecordingBackend(port = 0, host = '127.0.0.1'): Promise<RecordingBackend> {
  const arrived: Arrived[] = [];
  const violations: string[] = [];
  const behaviours = new Map<string, Behaviour>();
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let usedPort = port;

  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    readRequests(socket, {
      onArrived: (request) => arrived.push(request),
      onViolation: (text) => violations.push(text),
      behaviourFor: (target) => [...behaviours].find(([text]) => target.includes(text))?.[1] ?? answerItself,
    });
  };
  const start = async (): Promise<void> => {
    server = createServer({ allowHalfOpen: true, noDelay: true }, accept);
    server.listen(usedPort, host);
    await once(server, 'listening');
    usedPort = (server.address() as AddressInfo).port;
  };
  await start();

  return {
    port: usedPort,
    arrived,
    violations,
    connections: () => sockets.size,
    behave: (text, behaviour) => void behaviours.set(text, behaviour),
    clear: () => {
      arrived.length = 0;
      violations.length = 0;
      behaviours.clear();
    },
    start,
    async stop() {
      if (!server?.listening) return;
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Reading {
  onArrived(request: Arrived): void;
  onViolation(text: string): void;
  behaviourFor(target: string): Behaviour;
}

function readRequests(socket: Socket, { onArrived, onViolation, behaviourFor }: Reading): void {
  let current: { head: Head; method: string; target: string; chunks: Buffer[]; size: number } | undefined;
  let complete: (request: Arrived) => void = () => {};
  const reader = new MessageReader({
    onHead: (head) => {
      const [, method, target] = requestLine.exec(head.first) ?? [];
      if (method === undefined || target === undefined) throw new ProtocolError(`invalid request line: ${head.first}`);
      if (valuesOf(head.headers, 'host').length !== 1) throw new ProtocolError('not exactly one Host');
      const framing = framingOf(head.headers) ?? 0;
      const exchange = { head, method, target, chunks: [] as Buffer[], size: 0 };
      current = exchange;
      const { promise: whole, resolve } = Promise.withResolvers<Arrived>();
      complete = resolve;
      const seen = { method, target, headers: head.headers };
      void behaviourFor(target)({ head: seen, socket, received: () => exchange.size, whole });
      return framing;
    },
    onBody: (bytes) => {
      if (!current) return;
      current.chunks.push(bytes);
      current.size += bytes.length;
    },
    onEnd: (trailers) => {
      if (!current) return;
      const { head, method, target, chunks } = current;
      const body = Buffer.concat(chunks);
      const request = { method, target, headers: head.headers, trailers, body, head: head.text };
      onArrived(request);
      complete(request);
    },
  });
  let isReadable = true;
  socket.on('data', (bytes: Buffer) => {
    if (!isReadable) return;
    try {
      reader.push(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      isReadable = false;
      onViolation(error.message);
      socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    }
  });
  socket.on('end', () => socket.end());
}
