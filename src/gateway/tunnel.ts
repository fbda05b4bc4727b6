import type { Socket } from 'node:net';
import type { Call } from './call.ts';

/** Where the token of an upgrade may be. */
export type TokenPlace = 'header' | 'subprotocol' | 'query';

/** Why a WebSocket is closed (RFC 6455 7.4.1): the gateway goes away, or its policy does not allow it any longer. */
export type CloseCode = 1001 | 1008;

/** A connection that has left HTTP behind, with both of its sides. */
export interface Tunnel {
  /** Tells a WebSocket's client why, and ends both sides; who does not follow within a second is cut off. */
  close(code: CloseCode): void;
}

/** What a target needs besides the call to pass an upgrade on. */
export interface UpgradeRequest {
  readonly socket: Socket;
  /** What the client sent behind its request. */
  readonly head: Buffer;
  /** The query with its `?`, without a token. */
  readonly search: string;
  /** What is left of `Sec-WebSocket-Protocol` without a token; undefined: as it was sent. */
  readonly protocols: readonly string[] | undefined;
  /** What to select where the backend selects no subprotocol: the client offered it to be on the safe side. */
  readonly fallbackProtocol: string | undefined;
}

/** How a target takes upgrades. */
export interface UpgradeMatch {
  readonly tokenFrom: readonly TokenPlace[];
  /**
   * Passes an upgrade on. Resolves to undefined when the backend has answered something other than 101, which is then on its
   * way to the client. Rejects with what the error handler is to answer.
   */
  connect(call: Call, request: UpgradeRequest): Promise<Tunnel | undefined>;
}
