import type { Dispatcher as Undici } from 'undici';
import { HeadTooLargeError } from '../../outgoing/head-filter.ts';
import { errors } from '../../packages/undici.ts';
import type { Address } from '../model/endpoint.ts';
import type { Outcome, Phases } from '../model/outcome.ts';
import type { Connection, Connections } from './connections.ts';
import { ConnectError } from './connector.ts';

/** One HTTP request, complete and signed: it is sent unchanged. */
export interface Sendable {
  /** The origin's scheme is http or https. */
  readonly address: Address;
  readonly method: string;
  /** Undefined values are omitted. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer | undefined;
  /** Replaces the sender's. */
  readonly readTimeoutMs?: number | undefined;
}

export interface Sender {
  /** Makes one attempt. Never rejects: a failure is an outcome. */
  send(request: Sendable): Promise<Outcome>;
  close(): Promise<void>;
}

const maxBodyBytes = 16 * 1024;
/** A head of 16 KiB has room for 3,000 headers, which would occupy 300 KB. */
const maxHeaders = 256;

/** Pieces of a body that are kept apart: a body in chunks of one byte would occupy a hundred times its size. */
const maxPieces = 64;

class ReadTimeout extends Error {}
class BodyLimit extends Error {}
/** The status is final, and no body can follow. */
class Upgraded extends Error {}
class InvalidStatus extends Error {}

/**
 * End of an exchange. `isUnprocessed`: the peer was closing the kept connection, and cannot have processed this request:
 * its head was refused, or its body had not left.
 */
type Settle = (outcome: Outcome, isReusable: boolean, isUnprocessed: boolean) => void;

/**
 * Sends requests over pooled connections. `readTimeoutMs`: absolute deadline, counted from the ready connection. A second
 * connection, after a kept one that was closed, has what the first left of it.
 */
export function createSender({
  connections,
  readTimeoutMs: usualMs,
}: {
  connections: Connections;
  readTimeoutMs: number;
}): Sender {
  let starting: Exchange[] = [];

  /**
   * The peer may have closed an idle connection without this process having read that. undici checks the connection
   * one turn of the event loop after `dispatch`; called from within a poll for events, that is before the next poll.
   * `setImmediate` moves the check behind it, and undici then reconnects.
   */
  function startSoon(exchange: Exchange): void {
    if (starting.push(exchange) > 1) return;
    setImmediate(() => {
      const exchanges = starting;
      starting = [];
      for (const one of exchanges) one.start();
    });
  }

  return {
    send: (request) =>
      new Promise((resolve) => {
        const { origin } = request.address;
        const make = (connection: Connection, timeoutMs: number): void => {
          const settle: Settle = (outcome, isReusable, isUnprocessed) => {
            connections.give(origin, connection, isReusable);
            // Still the same attempt.
            if (isUnprocessed) make(connections.create(origin), exchange.leftMs);
            else resolve(outcome);
          };
          const exchange = new Exchange(connection, request, timeoutMs, settle);
          if (connection.requests > 0) startSoon(exchange);
          else exchange.start();
        };
        try {
          make(connections.take(origin), request.readTimeoutMs ?? usualMs);
        } catch (error) {
          // undici takes some origins for no URL, such as `http://.`.
          resolve({ kind: 'refused', error: 'request_not_buildable', detail: (error as Error).message });
        }
      }),
    close: () => connections.close(),
  };
}

/** Gathers undici's events of one request into an outcome. */
class Exchange implements Undici.DispatchHandler {
  readonly #connection: Connection;
  readonly #request: Sendable;
  readonly #readTimeoutMs: number;
  readonly #settle: Settle;
  readonly #startedAt = performance.now();
  #chunks: Buffer[] = [];
  #size = 0;
  #timer: NodeJS.Timeout | undefined;
  #sentAt = 0;
  readonly #isReused: boolean;
  #isStarted = false;
  #phases: Partial<Phases> = {};
  #head: { status: number; headers: Record<string, string>; isCut: boolean } | undefined;
  #isSettled = false;

  constructor(connection: Connection, request: Sendable, readTimeoutMs: number, settle: Settle) {
    this.#connection = connection;
    this.#isReused = connection.requests > 0;
    this.#readTimeoutMs = readTimeoutMs;
    this.#settle = settle;
    this.#request = request;
  }

  /** The rest of the read timeout, at least 1. */
  get leftMs(): number {
    const spentMs = this.#isStarted ? performance.now() - this.#sentAt : 0;
    return Math.max(1, this.#readTimeoutMs - spentMs);
  }

  start(): void {
    const { address, method, headers, body } = this.#request;
    try {
      this.#connection.client.dispatch({ path: address.path, method, headers, body: body ?? null }, this);
    } catch (error) {
      this.onResponseError(undefined, error as Error);
    }
  }

  onRequestStart(controller: Undici.DispatchController): void {
    const connection = this.#connection;
    this.#sentAt = performance.now();
    connection.heads.expect();
    this.#isStarted = true;
    // undici reconnects by itself if it has noticed the loss of the connection: the request is then its first.
    if (connection.requests === 0) this.#phases = { ...connection.phases };
    connection.requests += 1;
    connection.progress.begin();
    this.#timer = setTimeout(() => this.#expire(controller), this.#readTimeoutMs);
  }

  /** Sockets are read once more: where the processor was busy, the response may have arrived in time and not been read yet. */
  #expire(controller: Undici.DispatchController): void {
    setImmediate(() => {
      if (!this.#isSettled) controller.abort(new ReadTimeout());
    });
  }

  onResponseStart(controller: Undici.DispatchController, status: number, headers: Record<string, unknown>): void {
    // undici treats every status below 200 as interim; the head filter has removed real interim answers.
    if (status < 100) {
      controller.abort(new InvalidStatus());
      return;
    }
    this.#phases.first_byte = micros(this.#sentAt);
    // undici would keep a buffer for each name and value until the end: a hundred times the bytes of a head with short ones.
    controller.rawHeaders = null;
    this.#head = { status, ...firstOf(headers) };
    if (status < 200) controller.abort(new Upgraded());
  }

  onResponseData(controller: Undici.DispatchController, chunk: Buffer): void {
    const room = maxBodyBytes - this.#size;
    this.#chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    if (this.#chunks.length > maxPieces) this.#chunks = [Buffer.concat(this.#chunks)];
    this.#size += Math.min(room, chunk.length);
    if (chunk.length > room) controller.abort(new BodyLimit());
  }

  onResponseEnd(): void {
    this.#finish(this.#answered(false), true);
  }

  onResponseError(_controller: Undici.DispatchController | undefined, error: Error): void {
    // The status line decides; a failure in the body changes nothing.
    this.#finish(this.#head ? this.#answered(!(error instanceof Upgraded)) : toOutcome(error), false);
  }

  #answered(truncated: boolean): Outcome {
    const { status, headers, isCut } = this.#head ?? { status: 0, headers: {}, isCut: false };
    const [first] = this.#chunks;
    const body = this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : first;
    return { kind: 'answered', status, headers, body: body?.toString('utf8') ?? '', truncated: truncated || isCut };
  }

  #finish(outcome: Outcome, isReusable: boolean): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    const isLost = outcome.kind === 'silent' && outcome.error === 'connection_lost';
    const isUnprocessed = this.#isStarted
      ? this.#connection.progress.isUnprocessed && !this.#connection.heads.hasBegun
      : this.#isReused;
    outcome.phases = Object.assign(this.#phases, { total: micros(this.#startedAt) });
    if (this.#isStarted) outcome.peer = this.#connection.peer;
    // Some servers accept a resumed session and then do not answer on it.
    const { requests, heads, avoidSessions } = this.#connection;
    if (outcome.kind === 'silent' && requests === 1 && !heads.hasBegun) avoidSessions?.();
    this.#settle(outcome, isReusable, isLost && isUnprocessed);
  }
}

/** The first headers of a response. The object is undici's own: an assignment to a new one would lose the name `__proto__`. */
function firstOf(given: Record<string, unknown>): { headers: Record<string, string>; isCut: boolean } {
  for (const name in given) given[name] = asUtf8(String(given[name]));
  const headers = given as Record<string, string>;
  const entries = Object.entries(headers);
  if (entries.length <= maxHeaders) return { headers, isCut: false };
  return { headers: Object.fromEntries(entries.slice(0, maxHeaders)), isCut: true };
}

/** Decodes UTF-8 that undici has decoded as Latin-1. */
const asUtf8 = (text: string): string =>
  /[\x80-\xff]/.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text;

const micros = (from: number): number => Math.round((performance.now() - from) * 1000);

function toOutcome(error: Error & { code?: string }): Outcome {
  if (error instanceof ReadTimeout) return { kind: 'silent', error: 'read_timeout' };
  if (error instanceof ConnectError) {
    return error.silence === 'address_refused'
      ? { kind: 'refused', error: 'address_refused', detail: error.message }
      : { kind: 'silent', error: error.silence };
  }
  if (error instanceof HeadTooLargeError || error instanceof errors.HeadersOverflowError)
    return { kind: 'invalid', error: 'head_too_large' };
  // The parser reports a contradictory head as a content-length mismatch.
  if (
    error instanceof errors.HTTPParserError ||
    error instanceof errors.ResponseContentLengthMismatchError ||
    error instanceof InvalidStatus
  ) {
    return { kind: 'invalid', error: 'invalid_answer' };
  }
  if (error instanceof errors.InvalidArgumentError) {
    return { kind: 'refused', error: 'request_not_buildable', detail: error.message };
  }
  // undici's error for a valid 101 answer; it does not report the head.
  if (error instanceof errors.SocketError && error.message === 'bad upgrade') {
    return { kind: 'answered', status: 101, headers: {}, body: '', truncated: false };
  }
  return { kind: 'silent', error: 'connection_lost' };
}
