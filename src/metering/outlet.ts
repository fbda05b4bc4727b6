import { randomUUIDv7 } from 'node:crypto';
import { describeError, type Logger } from '../logger.ts';
import type { MeteredFlush, MeteredSink } from '../plugin.ts';
import { Tally, type Use } from './tally.ts';

/** Most distinct uses that are kept for a failing sink, besides as many in the flush that it rejected. */
const maxHeld = 100_000;

/** The counts for one sink: one flush at a time, repeated until the sink accepts it, and the uses counted meanwhile. */
export class Outlet {
  readonly #sink: MeteredSink;
  readonly #logger: Logger;
  readonly #tally: Tally;
  #flush: MeteredFlush | undefined;
  #running: Promise<boolean> | undefined;
  #hasFailed = false;
  #uncounted = 0;

  constructor(sink: MeteredSink, logger: Logger, limit: number = maxHeld) {
    this.#sink = sink;
    this.#logger = logger;
    this.#tally = new Tally(limit);
  }

  add(use: Use): void {
    if (this.#tally.add(use)) return;
    if (this.#uncounted === 0)
      this.#logger.error(
        'metering buffer full, uses of further callers are not counted until the sink accepts a flush',
      );
    this.#uncounted += 1;
  }

  /**
   * Passes one flush to the sink, if there are uses. Resolves to whether the sink accepted one; never rejects.
   * Concurrent calls share one run.
   */
  handOver(): Promise<boolean> {
    this.#running ??= this.#try().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Flushes all uses, until the sink rejects a flush or `over` is aborted. */
  async end(over: AbortSignal): Promise<void> {
    await this.#running;
    while (!over.aborted && (await this.handOver()));
  }

  /** Discards the uses that the sink has not accepted, and returns their number. */
  giveUp(): number {
    const uses = [...(this.#flush?.uses ?? []), ...this.#tally.take()];
    return uses.reduce((sum, { count }) => sum + count, 0);
  }

  async #try(): Promise<boolean> {
    const flush = this.#flush ?? this.#next();
    if (!flush) return false;
    this.#flush = flush;
    try {
      await this.#sink(flush);
    } catch (error) {
      if (!this.#hasFailed)
        this.#logger.warn('metering sink failed, keeping its uses for a retry', describeError(error));
      this.#hasFailed = true;
      return false;
    }
    this.#flush = undefined;
    if (this.#hasFailed) this.#logger.info('metering sink works again');
    this.#hasFailed = false;
    return true;
  }

  #next(): MeteredFlush | undefined {
    const uses = this.#tally.take();
    if (this.#uncounted > 0) this.#logger.error('metered uses not counted', { uses: this.#uncounted });
    this.#uncounted = 0;
    return uses.length === 0 ? undefined : { id: randomUUIDv7(), uses };
  }
}
