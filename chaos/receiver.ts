import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Random } from './random.ts';
import { attemptTimeoutMs } from './times.ts';

/** A request as a receiver saw it. Times are milliseconds since 1970. */
export interface Arrival {
  readonly delivery: string;
  readonly attempt: number;
  readonly path: string;
  readonly at: number;
  /** Event id and key, as sent. */
  readonly event: string;
  readonly key: number;
  /** SHA-256 of what every attempt has in common: the body, or the query. */
  readonly hash: string;
  readonly timestamp: string;
  readonly signature: string;
  /** The signed bytes after id and time. */
  readonly content: Buffer;
  /** Status of the answer, 0 for bytes that are not HTTP; undefined as long as there is none. */
  answer: number | undefined;
  /** Time of the answer, or of the end of the connection without one. */
  endedAt: number | undefined;
}

export interface Receiver {
  readonly url: string;
  readonly arrivals: readonly Arrival[];
  close(): Promise<void>;
}

export const profiles = ['steady', 'steady', 'mixed', 'failing', 'slow', 'odd'] as const;

type Behaviour = 'fine' | 'slow' | 'failing' | 'rejecting' | 'silent' | 'reset' | 'invalid' | 'huge';

const behaviours: Readonly<Record<string, readonly Behaviour[]>> = {
  steady: ['fine', 'fine', 'fine', 'fine', 'fine', 'fine', 'fine', 'failing'],
  mixed: ['fine', 'slow', 'failing', 'rejecting', 'silent', 'reset', 'huge', 'failing'],
  failing: ['failing', 'failing', 'failing', 'fine', 'silent'],
  slow: ['slow', 'slow', 'slow', 'silent'],
  odd: ['fine', 'huge', 'reset', 'invalid', 'rejecting', 'slow'],
};

const hugeBody = Buffer.alloc(1 << 20, 'x');

/** Starts a receiver that answers at random, by the first segment of the path, and records every request. */
export async function startReceiver(random: Random): Promise<Receiver> {
  const arrivals: Arrival[] = [];
  const server = createServer((request, response) => void receive(request, response).catch(() => undefined));

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now();
    const arrival = read(request, await buffer(request), at);
    arrivals.push(arrival);
    response.once('close', () => {
      arrival.endedAt ??= Date.now();
    });
    const answer = (status: number, body: string | Buffer = ''): void => {
      if (response.destroyed) return;
      arrival.answer = status;
      arrival.endedAt = Date.now();
      response.writeHead(status).end(body);
    };
    behave(random, request, response, arrival, answer);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function behave(
  random: Random,
  { url = '', socket }: IncomingMessage,
  response: ServerResponse,
  arrival: Arrival,
  answer: (status: number, body?: string | Buffer) => void,
): void {
  switch (random.pick(behaviours[url.split('/')[1] ?? ''] ?? ['fine'])) {
    case 'fine':
      answer(random.pick([200, 201, 204]));
      return;
    case 'huge':
      answer(200, hugeBody);
      return;
    case 'failing':
      answer(random.pick([500, 502, 503]));
      return;
    case 'rejecting':
      answer(random.pick([302, 400, 404, 410, 429]));
      return;
    case 'slow': {
      // About half of them come after the timeout.
      setTimeout(() => answer(random.pick([200, 200, 500])), random.whole(100, attemptTimeoutMs + 100)).unref();
      return;
    }
    case 'reset':
      arrival.endedAt = Date.now();
      socket.resetAndDestroy();
      return;
    case 'invalid':
      arrival.answer = 0;
      arrival.endedAt = Date.now();
      response.socket?.end('nonsense\r\n\r\n');
      return;
    case 'silent':
  }
}

function read(request: IncomingMessage, body: Buffer, at: number): Arrival {
  const { pathname, search, searchParams } = new URL(request.url ?? '', 'http://receiver');
  const header = (name: string): string => String(request.headers[name] ?? '');
  const sent = body.length > 0 ? (JSON.parse(body.toString()) as { id: string; data: { key: number } }) : undefined;
  return {
    delivery: header('webhook-id'),
    attempt: Number(header('webhook-attempt')),
    path: pathname,
    at,
    event: sent?.id ?? searchParams.get('id') ?? '',
    key: sent?.data.key ?? Number(searchParams.get('key')),
    hash: createHash('sha256')
      .update(sent ? body : search)
      .digest('hex'),
    timestamp: header('webhook-timestamp'),
    signature: header('webhook-signature'),
    content: sent ? body : Buffer.from(request.url ?? ''),
    answer: undefined,
    endedAt: undefined,
  };
}
