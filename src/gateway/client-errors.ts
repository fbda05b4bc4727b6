import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ErrorCode, errorCatalogue } from '../errors.ts';

interface ClientError extends Error {
  code?: string;
}

const codeOf: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};

/**
 * Answers what does not parse, or takes too long, in the usual format.
 * `latest` is the answer to the request before, or to this one if its head was good.
 */
export function answerClientError(error: ClientError, socket: Duplex, latest: ServerResponse | undefined): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const code = codeOf[error.code ?? ''] ?? 'BAD_REQUEST';
  const message = 'The request is not valid HTTP or took too long to arrive.';
  if (!latest || latest.closed || latest.req.complete) refuseAfter(latest, socket, code, message);
  // Its body broke while it was being answered: a second answer must not look like a part of the first.
  else if (latest.headersSent) socket.destroy();
  else refuse(socket, code, message);
}

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
  socket.on('error', () => socket.destroy());
  socket.pause();
  latest.once('close', () => refuse(socket, code, message));
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
