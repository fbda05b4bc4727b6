import type { Dispatcher } from 'undici';
import type { Upstream } from './upstreams.ts';

/** An answer is read so far, so that its connection can be used again. */
const maxAnswerBytes = 64 * 1024;

const cut = new Error('cut off');

export interface ProbeRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** One request to an upstream, of whose answer the status alone matters. */
export class HealthProbe implements Dispatcher.DispatchHandler {
  readonly #upstream: Upstream;
  readonly #request: ProbeRequest;
  readonly #report: (failure: string | undefined) => void;
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #isReported = false;
  #isCut = false;
  #bytes = 0;

  /** `report` is called once, with what went wrong, unless the probe is abandoned before. */
  constructor(upstream: Upstream, request: ProbeRequest, report: (failure: string | undefined) => void) {
    this.#upstream = upstream;
    this.#request = request;
    this.#report = report;
    this.#timer = setTimeout(() => this.#onTimeout(), request.timeoutMs).unref();
  }

  send(): void {
    const { path, headers } = this.#request;
    // As calls have it: undici connects anew with each other one.
    const options = { path, method: 'GET' as const, headers, servername: this.#upstream.host };
    try {
      this.#upstream.pool.dispatch(options, this);
    } catch (error) {
      this.onResponseError(undefined, error as Error);
    }
  }

  /** Ends it without a report. */
  abandon(): void {
    this.#isReported = true;
    this.#cut();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
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
    this.#settle('no answer in time');
    this.#cut();
  }

  #settle(failure: string | undefined): void {
    if (this.#isReported) return;
    this.#isReported = true;
    this.#report(failure);
  }

  /** It may be waiting for a connection still. */
  #cut(): void {
    clearTimeout(this.#timer);
    this.#isCut = true;
    this.#controller?.abort(cut);
  }
}
