import type { Dispatcher as Undici } from 'undici';
import { errors } from '../../packages/undici.ts';
import type { Address } from '../model/endpoint.ts';
import type { Outcome, Phases } from '../model/outcome.ts';
import type { Connection, Connections } from './connections.ts';
import { ConnectError } from './connector.ts';
import { HeadTooLargeError } from './head-filter.ts';

/** One HTTP request, ready to go: what is signed is what is sent. */
export interface Sendable {
  /** With an origin of http or https. */
  readonly address: Address;
  readonly method: string;
  /** Those without a value are left out. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer | undefined;
}

export interface Sender {
  /** Makes one attempt. Never rejects: whatever happens is an outcome. */
  send(request: Sendable): Promise<Outcome>;
  close(): Promise<void>;
}

const maxBodyBytes = 16 * 1024;

class ReadTimeout extends Error {}
class BodyLimit extends Error {}
/** The status has decided, and no body can follow. */
class Upgraded extends Error {}
class InvalidStatus extends Error {}

/**
 * What an exchange ends with. `nothingWritten`: the connection had been used before and died before a byte of this request was
 * written.
 */
type Settle = (outcome: Outcome, isReusable: boolean, nothingWritten: boolean) => void;

/** Sends requests over pooled connections, each under an absolute deadline from the moment its connection is ready. */
export function createSender({
  connections,
  readTimeoutMs,
}: {
  connections: Connections;
  readTimeoutMs: number;
}): Sender {
  let starting: Exchange[] = [];

  /**
   * A used connection may have ended already without our having looked. undici looks a turn of the event loop after it was
   * asked, which is before the next poll for events when it is asked from within one; after such a poll it is after the next,
   * and undici connects anew.
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
        const make = (connection: Connection): void => {
          const settle: Settle = (outcome, isReusable, nothingWritten) => {
            connections.give(origin, connection, isReusable);
            // The peer ended an idle connection just as we took it: nothing has reached it, so this is still the first attempt.
            if (nothingWritten) make(connections.create(origin));
            else resolve(outcome);
          };
          const exchange = new Exchange(connection, request, readTimeoutMs, settle);
          if (connection.requests > 0) startSoon(exchange);
          else exchange.start();
        };
        make(connections.take(origin));
      }),
    close: () => connections.close(),
  };
}

/** What undici reports of one request, gathered into an outcome. */
class Exchange implements Undici.DispatchHandler {
  readonly #connection: Connection;
  readonly #request: Sendable;
  readonly #readTimeoutMs: number;
  readonly #settle: Settle;
  readonly #startedAt = performance.now();
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #timer: NodeJS.Timeout | undefined;
  #sentAt = 0;
  #bytesBefore = 0;
  readonly #isReused: boolean;
  #isStarted = false;
  #phases: Partial<Phases> = {};
  #head: { status: number; headers: Record<string, string> } | undefined;
  #isSettled = false;

  constructor(connection: Connection, request: Sendable, readTimeoutMs: number, settle: Settle) {
    this.#connection = connection;
    this.#isReused = connection.requests > 0;
    this.#readTimeoutMs = readTimeoutMs;
    this.#settle = settle;
    this.#request = request;
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
    // undici connects anew by itself when it has noticed in time that the connection is gone.
    if (connection.requests === 0) this.#phases = { ...connection.phases };
    connection.requests += 1;
    this.#bytesBefore = connection.socket?.bytesWritten ?? 0;
    this.#timer = setTimeout(() => controller.abort(new ReadTimeout()), this.#readTimeoutMs);
  }

  onResponseStart(controller: Undici.DispatchController, status: number, headers: Record<string, unknown>): void {
    // undici takes everything below 200 for the announcement of another answer; what announces one does not come this far.
    if (status < 100) {
      controller.abort(new InvalidStatus());
      return;
    }
    this.#phases.first_byte = micros(this.#sentAt);
    for (const name in headers) headers[name] = asUtf8(String(headers[name]));
    this.#head = { status, headers: headers as Record<string, string> };
    if (status < 200) controller.abort(new Upgraded());
  }

  onResponseData(controller: Undici.DispatchController, chunk: Buffer): void {
    const room = maxBodyBytes - this.#size;
    this.#chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    this.#size += Math.min(room, chunk.length);
    if (chunk.length > room) controller.abort(new BodyLimit());
  }

  onResponseEnd(): void {
    this.#finish(this.#answered(false), true);
  }

  onResponseError(_controller: Undici.DispatchController | undefined, error: Error): void {
    // The status line has decided; what comes of the body changes nothing.
    this.#finish(this.#head ? this.#answered(!(error instanceof Upgraded)) : toOutcome(error), false);
  }

  #answered(truncated: boolean): Outcome {
    const { status, headers } = this.#head ?? { status: 0, headers: {} };
    const [first] = this.#chunks;
    const body = this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : first;
    return { kind: 'answered', status, headers, body: body?.toString('utf8') ?? '', truncated };
  }

  #finish(outcome: Outcome, isReusable: boolean): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    const written = this.#isStarted ? (this.#connection.socket?.bytesWritten ?? 0) - this.#bytesBefore : 0;
    const isLost = outcome.kind === 'silent' && outcome.error === 'connection_lost';
    outcome.phases = Object.assign(this.#phases, { total: micros(this.#startedAt) });
    this.#settle(outcome, isReusable, isLost && this.#isReused && written === 0);
  }
}

/** undici reads headers as Latin-1, byte by byte. */
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
  // The parser reports a head that contradicts itself as a body of the wrong length.
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
  // Its way of reporting a 101 with all that belongs to it; nothing of the head is known then.
  if (error instanceof errors.SocketError && error.message === 'bad upgrade') {
    return { kind: 'answered', status: 101, headers: {}, body: '', truncated: false };
  }
  return { kind: 'silent', error: 'connection_lost' };
}
