import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { refuse } from './client-errors.ts';
import { transportOf } from './transport.ts';

export interface SecureEntryParts {
  /** Milliseconds from the connection to the end of its handshake. */
  readonly handshakeTimeout: number;
  /** Connections of the process without a finished handshake. */
  readonly mostUnfinished: number;
  /** A connection was closed because there are too many unfinished handshakes. */
  onFull(): void;
  /** A handshake has finished: `socket` takes the place of `raw`. */
  onSecure(socket: TLSSocket, raw: Socket): void;
}

export interface SecureEntry {
  /** Closes connections whose handshake takes too long. To be called repeatedly. */
  check(): void;
  /** Destroys all connections without a finished handshake. */
  cutOff(): void;
}

/** First byte of a TLS connection: a record with a part of the handshake. */
const handshakeRecord = 0x16;
const maxListeners = 30;
const httpRequest = /^[A-Z]{3,16} [^\n]{0,8192}(?:\r?\n|$)/;

/**
 * Stands between a server's connections and their TLS. TLS begins at the first byte of a handshake, so silent connections cost
 * no more than plain ones; bytes that are not TLS never reach it. An HTTP request in plain text is answered with the reason.
 * Handshakes are bounded in time, also while bytes arrive, and in number: the oldest unfinished one is closed for a new one.
 */
export function createSecureEntry(server: Server, parts: SecureEntryParts): SecureEntry {
  const { handshakeTimeout, mostUnfinished, onFull, onSecure } = parts;
  /** `performance.now()` at the connection; the oldest first. */
  const unfinished = new Map<Socket, number>();
  const [beginTls] = server.listeners('connection') as [(raw: Socket) => void];
  server.removeAllListeners('connection');

  server.on('connection', (raw: Socket) => {
    raw.on('error', () => raw.destroy());
    raw.once('close', () => unfinished.delete(raw));
    unfinished.set(raw, performance.now());
    if (unfinished.size > mostUnfinished) {
      const [oldest] = unfinished.keys();
      if (oldest) end(oldest);
      onFull();
    }
    raw.once('readable', () => begin(raw));
  });

  function begin(raw: Socket): void {
    const bytes: Buffer | null = raw.read();
    if (bytes?.[0] === handshakeRecord) {
      raw.unshift(bytes);
      beginTls.call(server, raw);
    } else if (bytes && httpRequest.test(bytes.toString('latin1', 0, 9000)))
      refuse(raw, 'BAD_REQUEST', 'This port speaks HTTPS only: call it with https://.');
    else raw.destroy();
  }

  function end(raw: Socket): void {
    unfinished.delete(raw);
    raw.destroy();
  }

  // Node itself would write an answer to a client that speaks no TLS.
  server.removeAllListeners('tlsClientError');
  server.on('tlsClientError', (_error: Error, socket: TLSSocket) => socket.destroy());
  server.on('secureConnection', (socket: TLSSocket) => {
    const raw = transportOf(socket);
    unfinished.delete(raw);
    // Layers of TLS and HTTP listen beside the gateway: more than Node takes for normal.
    socket.setMaxListeners(maxListeners);
    // Node resets plain connections only. After a TLS connection without its end, clients take a response for complete as well.
    socket.resetAndDestroy = () => {
      raw.resetAndDestroy();
      return socket;
    };
    onSecure(socket, raw);
  });

  return {
    check() {
      const late = performance.now() - handshakeTimeout;
      for (const [raw, since] of unfinished) {
        if (since > late) return;
        end(raw);
      }
    },
    cutOff() {
      for (const raw of unfinished.keys()) raw.destroy();
    },
  };
}
