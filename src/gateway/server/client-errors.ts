import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ErrorCode, errorCatalogue } from '../../errors.ts';

interface ClientError extends Error {
  code?: string;
}

const codeOf: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};

/**
 * Answers what does not parse, or takes too long, in the usual format. `latest` is the answer to the request before, or to this
 * one if its head was good.
 */
export function createClientErrors() {
  const waiting = new WeakSet<Duplex>();

  return (error: ClientError, socket: Duplex, latest: ServerResponse | undefined): void => {
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    if (waiting.has(socket)) return;
    const code = codeOf[error.code ?? ''] ?? 'BAD_REQUEST';
    const message = 'The request is not valid HTTP or took too long to arrive.';
    const answer = (): void => {
      if (!latest || latest.closed || latest.req.complete || latest.writableEnded)
        refuseAfter(latest, socket, code, message);
      // Its body broke while it was being answered: a second answer must not look like a part of the first.
      else if (latest.headersSent) socket.destroy();
      else refuse(socket, code, message);
    };
    if (!latest || !isQueued(latest)) {
      answer();
      return;
    }
    // Earlier answers still have the connection: what is written now would be read as one of them, or as a part of one.
    waiting.add(socket);
    hold(socket);
    // What it has kept until now, such as "100 Continue", goes out in the same moment.
    latest.once('socket', () => process.nextTick(answer));
  };
}

/** Whether an answer waits for those to earlier requests of its connection. */
export const isQueued = (res: ServerResponse): boolean => !res.closed && res.socket === null;

/** Refuses once the requests before this one have their answers. */
export function refuseAfter(
  latest: ServerResponse | undefined,
  socket: Duplex,
  code: ErrorCode,
  message: string,
): void {
  if (!latest || latest.closed) {
    refuse(socket, code, message);
    return;
  }
  hold(socket);
  latest.once('close', () => refuse(socket, code, message));
}

/** Reads no more of a connection that is to end. */
function hold(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.pause();
}

function refuse(socket: Duplex, code: ErrorCode, message: string): void {
  if (!socket.writable) return;
  const status = errorCatalogue[code];
  const body = JSON.stringify({ error: { code, message, details: {}, request_id: null } });
  (socket as Socket).on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
