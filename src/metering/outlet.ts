import { randomUUIDv7 } from 'node:crypto';
import { describeError, type Logger } from '../logger.ts';
import type { MeteredFlush, MeteredSink } from '../plugin.ts';
import { Tally, type Use } from './tally.ts';

/** Different uses that are held for a sink that does not take them; as many again may be in the flush that it has been given. */
const mostHeld = 100_000;

/** What is counted for one sink: one flush at a time, handed over again until it has been taken, and what came since then. */
export class Outlet {
  readonly #sink: MeteredSink;
  readonly #logger: Logger;
  readonly #tally: Tally;
  #flush: MeteredFlush | undefined;
  #running: Promise<boolean> | undefined;
  #hasFailed = false;
  #uncounted = 0;

  constructor(sink: MeteredSink, logger: Logger, limit: number = mostHeld) {
    this.#sink = sink;
    this.#logger = logger;
    this.#tally = new Tally(limit);
  }

  add(use: Use): void {
    if (this.#tally.add(use)) return;
    if (this.#uncounted === 0)
      this.#logger.error(
        'metering holds all that it can: until its uses are taken, those of further callers do not count',
      );
    this.#uncounted += 1;
  }

  /** Hands one flush over, if there is anything. Resolves to whether one was taken; never rejects. Calls at a time are one. */
  handOver(): Promise<boolean> {
    this.#running ??= this.#try().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Hands over all that there is, until a flush is not taken or time is up. What is left then is lost. */
  async end(over: AbortSignal): Promise<void> {
    await this.#running;
    while (!over.aborted && (await this.handOver()));
  }

  /** Forgets what has not been taken, and gives how many uses that were. */
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
        this.#logger.warn('metered uses were not taken, and are kept until they are', describeError(error));
      this.#hasFailed = true;
      return false;
    }
    this.#flush = undefined;
    if (this.#hasFailed) this.#logger.info('metered uses are taken again');
    this.#hasFailed = false;
    return true;
  }

  #next(): MeteredFlush | undefined {
    const uses = this.#tally.take();
    if (this.#uncounted > 0) this.#logger.error('uses did not count', { uses: this.#uncounted });
    this.#uncounted = 0;
    return uses.length === 0 ? undefined : { id: randomUUIDv7(), uses };
  }
}
