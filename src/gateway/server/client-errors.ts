import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ErrorCode, errorCatalogue, overloaded } from '../../errors.ts';
import { http } from '../../packages/node-http.ts';
import type { ClientConnection } from './client-connection.ts';
import { cutOffLater } from './end-socket.ts';
import { transportOf } from './transport.ts';

interface ClientError extends Error {
  code?: string;
}

const codeOf: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
  ERR_OVERLOADED: 'OVERLOADED',
};
const messageOf: Partial<Record<ErrorCode, string>> = { OVERLOADED: overloaded().message };

/**
 * Answers requests that do not parse, or take too long to arrive, in the usual error format. `connection.latest` is the
 * response to the previous request, or to this one if its head was valid.
 */
export function createClientErrors() {
  const waiting = new WeakSet<Duplex>();

  return (error: ClientError, socket: Duplex, connection: ClientConnection | undefined): void => {
    const latest = connection?.latest;
    // The rest of a request that has its answer is discarded.
    if (isSecure(socket) && socket.writableEnded && error.code?.startsWith('HPE_')) return;
    // After an error of TLS no byte of the connection is to be trusted.
    if (!socket.writable || error.code === 'ECONNRESET' || error.code?.startsWith('ERR_SSL_')) {
      socket.destroy();
      return;
    }
    if (waiting.has(socket)) return;
    const code = codeOf[error.code ?? ''] ?? 'BAD_REQUEST';
    const message = messageOf[code] ?? 'The request is not valid HTTP or took too long to arrive.';
    const answer = (): void => {
      if (!latest || latest.closed || latest.req.complete || latest.writableEnded)
        refuseAfter(latest, socket, code, message);
      // The body broke off during the response: a second response must not look like a part of the first.
      else if (latest.headersSent) socket.destroy();
      else refuse(socket, code, message);
    };
    // The request may send output of its own first, such as "100 Continue".
    if (!connection || connection.hasStarted(answer)) {
      answer();
      return;
    }
    // Earlier responses still own the connection: bytes written now would be read as one of them, or as a part of one.
    waiting.add(socket);
    hold(socket);
  };
}

/** Answers with an error and closes the connection, once its earlier requests have been answered. */
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

/** Stops reading from a connection that is about to end. */
function hold(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.pause();
}

const isSecure = (socket: Duplex): boolean => transportOf(socket as Socket) !== socket;

/**
 * Writes an error as the last response of a connection. With TLS, input is discarded for a second: a client that is reset while it
 * sends loses the response, unlike one with a plain connection.
 */
export function refuse(socket: Duplex, code: ErrorCode, message: string): void {
  if (!socket.writable) return;
  const status = errorCatalogue[code];
  const body = JSON.stringify({ error: { code, message, details: {}, request_id: null } });
  (socket as Socket).on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\n${status === 503 ? 'Retry-After: 1\r\n' : ''}Connection: close\r\n\r\n${body}`,
    () => (isSecure(socket) ? cutOffLater(socket as Socket) : socket.destroy()),
  );
}
