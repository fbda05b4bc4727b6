import { once } from 'node:events';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { framingOf, type Head, type Header, MessageReader, ProtocolError, valuesOf } from './message-reader.ts';

/** A response as the gateway sent it. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly trailers: readonly Header[];
  readonly body: Buffer;
  readonly text: string;
  /** Statuses of the interim responses before it. */
  readonly interim: readonly number[];
  /** The raw head, one character per byte. */
  readonly head: string;
}

/** Everything received over one connection. */
export interface Conversation {
  readonly answers: readonly Answer[];
  /** Why the last response is invalid or incomplete; undefined if there is no problem. */
  readonly broken: string | undefined;
  /** All received bytes, one character per byte. */
  readonly bytes: string;
}

const statusLine = /^HTTP\/1\.[01] (\d{3})(?: .*)?$/;

/** A client that writes arbitrary bytes and parses responses strictly. */
export class Client {
  readonly socket: Socket;
  readonly answers: Answer[] = [];
  /** Body chunks of the response in progress. */
  readonly received: Buffer[] = [];
  #head: Head | undefined;
  #interim: number[] = [];
  readonly #raw: Buffer[] = [];
  #broken: string | undefined;
  #isClosed = false;
  #changed: () => void = () => {};

  /** `methods`: methods of the requests in order, GET by default. Needed because the response to HEAD has no body. */
  constructor(socket: Socket, methods: readonly string[] = []) {
    this.socket = socket;
    const reader = this.#createReader(methods);
    socket.on('data', (bytes: Buffer) => {
      this.#raw.push(bytes);
      this.#read(() => reader.push(bytes));
    });
    socket.on('error', (error) => {
      if (!reader.isIdle) this.#broken ??= error.message;
    });
    socket.on('end', () => this.#read(() => reader.finish()));
    socket.on('close', () => {
      this.#isClosed = true;
      if (!reader.isIdle) this.#broken ??= 'the connection was cut off';
      this.#changed();
    });
  }

  static async open(url: URL, methods: readonly string[] = []): Promise<Client> {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const isTls = url.protocol === 'https:';
    const port = Number(url.port || (isTls ? 443 : 80));
    const socket = isTls
      ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) })
      : connectPlain({ host, port, allowHalfOpen: true });
    await once(socket, isTls ? 'secureConnect' : 'connect');
    return new Client(socket.setNoDelay(), methods);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get head(): Head | undefined {
    return this.#head;
  }

  get conversation(): Conversation {
    const bytes = Buffer.concat(this.#raw).toString('latin1');
    return { answers: this.answers, broken: this.#broken, bytes };
  }

  write(bytes: string | Buffer): void {
    if (this.socket.writable) this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Waits for `condition`. Resolves to false if the connection ends or the time is up before. */
  async until(condition: () => boolean, milliseconds: number): Promise<boolean> {
    const deadline = performance.now() + milliseconds;
    while (!condition()) {
      const left = deadline - performance.now();
      if (left <= 0 || this.#isClosed) return false;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#changed = resolve;
      const timer = setTimeout(resolve, left);
      await promise;
      clearTimeout(timer);
    }
    return true;
  }

  /** Resolves to the response with this number, counted from 1. Rejects if it does not arrive in time. */
  async answer(count: number, milliseconds: number): Promise<Answer> {
    const isThere = await this.until(() => this.answers.length >= count || this.#broken !== undefined, milliseconds);
    const answer = this.answers[count - 1];
    if (answer) return answer;
    throw new Error(
      this.#broken ?? (isThere || this.#isClosed ? 'no response' : `no response within ${milliseconds} ms`),
    );
  }

  /** Closes the sending side and waits for the gateway to close the connection; destroys it after this time. */
  async leave(milliseconds: number): Promise<Conversation> {
    if (this.socket.writable) this.socket.end();
    await this.until(() => this.#isClosed, milliseconds);
    this.socket.destroy();
    return this.conversation;
  }

  #read(step: () => void): void {
    try {
      if (this.#broken === undefined) step();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#broken = error.message;
    }
    this.#changed();
  }

  #createReader(methods: readonly string[]): MessageReader {
    let status = 0;
    return new MessageReader({
      onHead: (head) => {
        status = Number(statusLine.exec(head.first)?.[1] ?? Number.NaN);
        if (!(status >= 100 && status <= 599)) throw new ProtocolError(`invalid status line: ${head.first}`);
        if (status < 200) return 0;
        this.#head = head;
        const isBodiless = methods[this.answers.length] === 'HEAD' || status === 204 || status === 304;
        const framing = framingOf(head.headers);
        return isBodiless ? 0 : (framing ?? 'close');
      },
      onBody: (bytes) => this.received.push(bytes),
      onEnd: (trailers) => {
        if (status < 200) this.#interim.push(status);
        else this.#finishAnswer(status, trailers);
      },
    });
  }

  #finishAnswer(status: number, trailers: readonly Header[]): void {
    const body = Buffer.concat(this.received.splice(0));
    const { headers = [], text: head = '' } = this.#head ?? {};
    this.answers.push({ status, headers, trailers, body, text: body.toString(), interim: this.#interim, head });
    this.#interim = [];
    this.#head = undefined;
  }
}

/** The value of a header, or several joined by ", "; undefined if there is none. */
export function headerOf(answer: Pick<Answer, 'headers'>, name: string): string | undefined {
  const values = valuesOf(answer.headers, name);
  return values.length === 0 ? undefined : values.join(', ');
}
