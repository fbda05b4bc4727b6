import type { Dispatcher } from 'undici';
import type { UpstreamConnection, UpstreamHandler } from './upstream-pool.ts';
import type { Upstream } from './upstreams.ts';

/** A body is read up to this size, so that its connection can be reused. */
const maxAnswerBytes = 64 * 1024;

const cut = new Error('cut off');

export interface ProbeRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** One health check request. Only the status of the response matters. */
export class HealthProbe implements UpstreamHandler {
  readonly #upstream: Upstream;
  readonly #request: ProbeRequest;
  readonly #report: (failure: string | undefined) => void;
  readonly #timer: NodeJS.Timeout;
  #connection: UpstreamConnection | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #isReported = false;
  #isCut = false;
  #bytes = 0;

  /** `report` is called once with the reason of the failure, or undefined for success; never after `abandon`. */
  constructor(upstream: Upstream, request: ProbeRequest, report: (failure: string | undefined) => void) {
    this.#upstream = upstream;
    this.#request = request;
    this.#report = report;
    this.#timer = setTimeout(() => this.#onTimeout(), request.timeoutMs).unref();
  }

  send(): void {
    const { path, headers } = this.#request;
    // Same server name as calls use: undici opens a new connection for each different one.
    const options = { path, method: 'GET' as const, headers, servername: this.#upstream.host };
    try {
      this.#upstream.pool.dispatch(options, this);
    } catch (error) {
      this.onResponseError(undefined, error as Error);
    }
  }

  /** Cancels the request without a report. */
  abandon(): void {
    this.#isReported = true;
    this.#cut();
  }

  onConnection(connection: UpstreamConnection): void {
    this.#connection = connection;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#connection?.begin();
    this.#controller = controller;
    if (this.#isCut) controller.abort(cut);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    if (status >= 200) this.#settle(status < 400 ? undefined : `status ${status}`);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > maxAnswerBytes) this.#cut();
  }

  onResponseEnd(): void {
    clearTimeout(this.#timer);
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error & { code?: string }): void {
    clearTimeout(this.#timer);
    this.#settle(error.code ?? error.name);
  }

  #onTimeout(): void {
    this.#settle('no response in time');
    this.#cut();
  }

  #settle(failure: string | undefined): void {
    if (this.#isReported) return;
    this.#isReported = true;
    this.#report(failure);
  }

  /** Without a controller the request still waits for a connection, and is aborted at its start. */
  #cut(): void {
    clearTimeout(this.#timer);
    this.#isCut = true;
    this.#controller?.abort(cut);
  }
}
