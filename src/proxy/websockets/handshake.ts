import { createHash } from 'node:crypto';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { type ApiError, upstreamInvalid, upstreamTimeout, upstreamUnreachable } from '../../errors.ts';
import type { Call, Tunnel, UpgradeRequest } from '../../gateway/call/target.ts';
import { offered } from '../../gateway/caller/upgrade-credentials.ts';
import type { Timeouts } from '../../target-definition.ts';
import { isHopByHop, namedByConnection } from '../headers/hop-by-hop.ts';
import { isHonest, toAnswerHeaders } from '../headers/response-headers.ts';
import { onIdle } from './idle.ts';
import { openTunnel } from './tunnel.ts';

export interface HandshakeParts {
  readonly call: Call;
  readonly request: UpgradeRequest;
  /** The connection to the upstream. */
  readonly backend: Socket;
  /** With the query. */
  readonly path: string;
  /** Names and values in turns. */
  readonly headers: readonly string[];
  readonly timeouts: Timeouts;
  /** With the tunnel; or without, when the upstream has answered something other than 101, which is on its way to the client. */
  readonly onAnswer: (status: number, tunnel?: Tunnel) => void;
  readonly onFailure: (error: ApiError) => void;
}

/** What RFC 6455 has both sides hash, so that nothing that answers 101 by accident is taken for a WebSocket. */
const webSocketId = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

type OnUpgrade = (answer: IncomingMessage, backend: Socket, head: Buffer) => void;

/** The request for an upgrade at an upstream, and what becomes of it. */
export class Handshake {
  readonly #parts: HandshakeParts;
  readonly #timer: NodeJS.Timeout;
  #isOver = false;

  constructor(parts: HandshakeParts) {
    this.#parts = parts;
    this.#timer = setTimeout(() => this.fail(upstreamTimeout('no answer in time')), parts.timeouts.headersMs);
  }

  /** Puts the request as it is to be in place of what the library has made, before it is sent. */
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
   * The library would pass any 101 on, other answers as they are, and end the client's connection without an answer at an error.
   * By now it listens: it keeps only what it does with a 101, and gets only those that are good.
   */
  #takeOver(outgoing: ClientRequest): void {
    const join = outgoing.listeners('upgrade') as OnUpgrade[];
    for (const event of ['upgrade', 'response', 'error']) outgoing.removeAllListeners(event);
    outgoing.on('upgrade', (answer, backend, head) => {
      if (!this.#accepts(answer)) return;
      const { socket } = this.#parts.request;
      // The library writes the head as text: bytes beyond ASCII would become UTF-8.
      socket.setDefaultEncoding('latin1');
      for (const each of join) each(answer, backend, head);
      socket.setDefaultEncoding('utf8');
      this.#open();
    });
    outgoing.on('response', (answer) => this.#passOn(answer));
    outgoing.on('error', (error: NodeJS.ErrnoException) =>
      this.fail(error.code?.startsWith('HPE_') ? upstreamInvalid(error.code) : upstreamUnreachable(error.code ?? '')),
    );
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

  /** Whether the answer's 101 is to go to the client. */
  #accepts(answer: IncomingMessage): boolean {
    if (this.#isOver) return false;
    const { call } = this.#parts;
    const problem = this.#problemOf(answer.headers);
    if (problem !== undefined) {
      this.fail(upstreamInvalid(problem));
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
    if (headers.upgrade?.toLowerCase() !== req.headers.upgrade?.toLowerCase()) return 'another protocol';
    if (!isWebSocketOffer(call)) return undefined;
    const accept = createHash('sha1').update(`${req.headers['sec-websocket-key']}${webSocketId}`).digest('base64');
    if (headers['sec-websocket-accept'] !== accept) return 'no answer to this WebSocket';
    const [selected] = offered(headers);
    const choice = request.protocols ?? offered(req.headers);
    return selected === undefined || choice.includes(selected) ? undefined : 'a subprotocol that was not offered';
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
    // Before Node sees it: to its parser, a connection that breaks ends an answer without a length as well as one that ends.
    backend.prependOnceListener('error', (error) => {
      if (!answer.complete) answer.destroy(error);
    });
    // Before the pipeline sees it, which would end the connection as after a whole answer.
    answer.once('error', (error: NodeJS.ErrnoException) => this.#breakOff(error));
    pipeline(answer, call.res, () => backend.destroy());
    onAnswer(status);
  }

  /** A broken transfer must not look like a whole one. */
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

function writeHead({ res, headers: own }: Call, answer: IncomingMessage): boolean {
  const { statusCode = 0, statusMessage, headers } = answer;
  if (statusCode < 200 || statusCode > 599 || !isHonest(headers)) return false;
  try {
    res.writeHead(statusCode, statusMessage, toAnswerHeaders(headers, statusCode, own));
    return true;
  } catch {
    // Parsers let characters through in a status's text that may not be sent.
    res.statusMessage = '';
    return false;
  }
}
