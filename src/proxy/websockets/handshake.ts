import { createHash } from 'node:crypto';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { type ApiError, upstreamInvalid, upstreamTimeout, upstreamUnreachable } from '../../errors.ts';
import type { Call, Tunnel, UpgradeRequest } from '../../gateway/call/target.ts';
import { offered } from '../../gateway/caller/upgrade-credentials.ts';
import type { Timeouts } from '../../target-definition.ts';
import { InterimResponses } from '../forwarding/interim.ts';
import { isHopByHop, namedByConnection } from '../headers/hop-by-hop.ts';
import { isHonest, toAnswerHeaders } from '../headers/response-headers.ts';
import { notOfUpstream } from '../upstreams/breaker.ts';
import { onIdle } from './idle.ts';
import { openTunnel } from './tunnel.ts';

export interface HandshakeParts {
  readonly call: Call;
  readonly request: UpgradeRequest;
  /** The open connection to the upstream. */
  readonly backend: Socket;
  /** Path and query. */
  readonly path: string;
  /** Alternating names and values. */
  readonly headers: readonly string[];
  readonly timeouts: Timeouts;
  /**
   * Called with the tunnel after a 101; without one after any other response, which is then on its way to the client.
   */
  readonly onAnswer: (status: number, tunnel?: Tunnel) => void;
  readonly onFailure: (error: ApiError) => void;
}

/** Both sides hash this GUID (RFC 6455 1.3), so that an accidental 101 is not mistaken for a WebSocket. */
const webSocketId = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

type OnUpgrade = (answer: IncomingMessage, backend: Socket, head: Buffer) => void;

/** One upgrade request to an upstream, up to the tunnel, a regular response or a failure. */
export class Handshake {
  readonly #parts: HandshakeParts;
  readonly #timer: NodeJS.Timeout;
  #isOver = false;

  constructor(parts: HandshakeParts) {
    this.#parts = parts;
    this.#timer = setTimeout(() => this.fail(upstreamTimeout('no response in time')), parts.timeouts.headersMs);
  }

  /** Replaces the library's request with the real one before it is sent. */
  begin(outgoing: ClientRequest): void {
    const { call, headers, path } = this.#parts;
    for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name);
    for (let index = 0; index < headers.length; index += 2)
      outgoing.appendHeader(headers[index] as string, headers[index + 1] as string);
    outgoing.method = call.req.method as string;
    outgoing.path = path;
    outgoing.once('socket', () => this.#takeOver(outgoing));
  }

  /**
   * Takes over from the library, which would forward any 101 and any other response unchecked, and on errors close the
   * client's connection without a response. Its listeners are attached by now: only the one for a 101 is kept, and is
   * called for valid ones alone.
   */
  #takeOver(outgoing: ClientRequest): void {
    const join = outgoing.listeners('upgrade') as OnUpgrade[];
    for (const event of ['upgrade', 'response', 'error']) outgoing.removeAllListeners(event);
    outgoing.on('upgrade', (answer, backend, head) => {
      if (!this.#accepts(answer)) return;
      const { socket } = this.#parts.request;
      // The library writes the head as a string; in UTF-8, bytes beyond ASCII would change.
      socket.setDefaultEncoding('latin1');
      for (const each of join) each(answer, backend, head);
      socket.setDefaultEncoding('utf8');
      this.#open();
    });
    outgoing.on('response', (answer) => this.#passOn(answer));
    const interim = new InterimResponses(this.#parts.call);
    outgoing.on('information', ({ statusCode, headers }) => {
      // `100 Continue` is for the sender of the request alone.
      if (this.#isOver || statusCode <= 101) return;
      if (!interim.pass(statusCode, headers)) this.fail(upstreamInvalid('too many interim responses'));
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => this.fail(this.#toApiError(error)));
  }

  /** Many backends refuse an upgrade by closing the connection: that shows nothing about their other calls. */
  #toApiError({ code = '' }: NodeJS.ErrnoException): ApiError {
    if (code.startsWith('HPE_')) return upstreamInvalid(code);
    const error = upstreamUnreachable(code);
    return this.#parts.backend.bytesRead === 0 ? notOfUpstream(error) : error;
  }

  fail(error: ApiError): void {
    if (this.#isOver) return;
    this.#finish();
    this.#parts.backend.destroy();
    this.#parts.onFailure(error);
  }

  #finish(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  /** Whether the 101 may be forwarded to the client. */
  #accepts(answer: IncomingMessage): boolean {
    if (this.#isOver) return false;
    const { call } = this.#parts;
    const problem = this.#problemOf(answer.headers);
    if (problem !== undefined) {
      // The client chose what the 101 does not match, and the backend is up.
      this.fail(notOfUpstream(upstreamInvalid(problem)));
      return false;
    }
    call.res.statusCode = 101;
    answer.headers = this.#headersOf(answer.headers);
    return true;
  }

  #open(): void {
    const { call, request, backend, timeouts, onAnswer } = this.#parts;
    this.#finish();
    const isWebSocket = isWebSocketOffer(call);
    onAnswer(101, openTunnel({ client: request.socket, backend, isWebSocket, idleMs: timeouts.idleMs }));
  }

  #problemOf(headers: IncomingHttpHeaders): string | undefined {
    const { call, request } = this.#parts;
    const { req } = call;
    if (headers.upgrade?.toLowerCase() !== req.headers.upgrade?.toLowerCase()) return 'wrong protocol in Upgrade';
    if (!isWebSocketOffer(call)) return undefined;
    const accept = createHash('sha1').update(`${req.headers['sec-websocket-key']}${webSocketId}`).digest('base64');
    if (headers['sec-websocket-accept'] !== accept) return 'wrong Sec-WebSocket-Accept';
    const [selected] = offered(headers);
    const choice = request.protocols ?? offered(req.headers);
    return selected === undefined || choice.includes(selected) ? undefined : 'subprotocol not offered';
  }

  #headersOf(headers: IncomingHttpHeaders): IncomingHttpHeaders {
    const { call, request } = this.#parts;
    const named = namedByConnection(headers.connection);
    const passed = Object.entries(headers).filter(
      ([name]) => !isHopByHop(name) && !named?.has(name) && name !== 'content-length' && name !== 'x-request-id',
    );
    const fallback = offered(headers).length === 0 ? request.fallbackProtocol : undefined;
    return {
      connection: 'Upgrade',
      upgrade: headers.upgrade,
      ...Object.fromEntries(passed),
      ...(fallback === undefined ? {} : { 'sec-websocket-protocol': fallback }),
      'x-request-id': call.id,
    };
  }

  #passOn(answer: IncomingMessage): void {
    if (this.#isOver) return;
    const { call, request, backend, timeouts, onAnswer } = this.#parts;
    const { statusCode: status = 0 } = answer;
    if (!writeHead(call, answer)) {
      this.fail(upstreamInvalid(`status ${status}`));
      return;
    }
    this.#finish();
    onIdle(request.socket, timeouts.idleMs, () => request.socket.destroy());
    // Runs before Node's own listener: its parser treats a broken connection like the regular end of a response without
    // a length.
    backend.prependOnceListener('error', (error) => {
      if (!answer.complete) answer.destroy(error);
    });
    // Runs before the pipeline's listener, which would end the client's connection as after a complete response.
    answer.once('error', (error: NodeJS.ErrnoException) => this.#breakOff(error));
    pipeline(answer, call.res, () => backend.destroy());
    onAnswer(status);
  }

  /** Resets the client's connection, so that a truncated response does not look complete. */
  #breakOff(error: NodeJS.ErrnoException): void {
    const { call, request } = this.#parts;
    if (request.socket.destroyed) return;
    const failure = upstreamUnreachable(error.code ?? '');
    call.failure ??= failure.reason;
    call.failureCode ??= failure.code;
    request.socket.resetAndDestroy();
  }
}

const isWebSocketOffer = ({ req }: Call): boolean => req.headers.upgrade?.toLowerCase() === 'websocket';

function writeHead(call: Call, answer: IncomingMessage): boolean {
  const { statusCode = 0, statusMessage, headers } = answer;
  if (statusCode < 200 || statusCode > 599 || !isHonest(headers)) return false;
  try {
    call.res.writeHead(statusCode, statusMessage, toAnswerHeaders(headers, statusCode, call));
    return true;
  } catch {
    // Node's parser accepts characters in a reason phrase that Node does not send.
    call.res.statusMessage = '';
    return false;
  }
}
