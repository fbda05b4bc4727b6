import { getCompileCacheDir } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describeError, type Logger } from '../../logger.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Sendable, Sender } from './sender.ts';
import { type FromThread, type Numbered, packRequests, type SendingSettings } from './thread-messages.ts';

export interface ThreadSenderParts {
  settings: SendingSettings;
  /** Ports that this process listens on. */
  ownPorts: readonly number[];
  logger: Logger;
  /** The thread's main module. Default: the dispatcher's. */
  main?: string;
  /** Milliseconds without the outcome of a request after which the thread is ended. Longer than any attempt takes. */
  stuckMs: number;
}

interface Open {
  readonly settle: (outcome: Outcome) => void;
  /** The count of looks when it was asked for. */
  readonly since: number;
}

const looks = 20;
/** V8 would let a busy thread fill 60 MB more with garbage before it collects it. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };

// The build renames the file.
const dispatchersMain = join(import.meta.dirname, `sending-thread${extname(import.meta.filename)}`);

/** A thread has no compile cache of its own accord, and would compile everything at each start. */
function environment(): NodeJS.ProcessEnv {
  const cache = getCompileCacheDir();
  return cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(cache) };
}

/**
 * A sender in a thread of its own, which starts with the first request: a TLS handshake takes milliseconds of a processor, in
 * which this thread serves its callers. When the thread crashes or hangs, the outcomes of its attempts are unknown, and the next
 * request starts another one. A thread that cannot start is an uncaught exception: nothing could be sent.
 */
export function createThreadSender(parts: ThreadSenderParts): Sender {
  const { settings, ownPorts, logger, stuckMs, main = dispatchersMain } = parts;
  /** In the order of their numbers. */
  const open = new Map<number, Open>();
  let waiting: Numbered<Sendable>[] = [];
  let latest = 0;
  let thread: Worker | undefined;
  let isClosed = false;
  /** Counts up while there is a thread. Time in which this process was held up counts as one look. */
  let look = 0;

  function startThread(): Worker {
    const started = new Worker(main, { workerData: settings, name: 'sending', env: environment(), resourceLimits });
    let isReady = false;
    const looking = setInterval(() => {
      look += 1;
      const [oldest] = open.values();
      if (oldest === undefined || look - oldest.since <= looks) return;
      void started.terminate();
      end(new Error('an attempt had no outcome in time'));
    }, stuckMs / looks).unref();
    const end = (error: unknown): void => {
      clearInterval(looking);
      if (thread !== started) return;
      thread = undefined;
      logger.error('sending thread ended', { attempts: open.size, ...describeError(error) });
      settleAsUnknown();
      if (!isReady) throw error;
    };
    started.on('message', (message: FromThread) => {
      if (message === 'ready') isReady = true;
      else for (const [number, outcome] of message) settle(number, outcome);
    });
    started.on('error', end);
    started.on('exit', (code) => end(new Error(`exit code ${code}`)));
    return started;
  }

  function settle(number: number, outcome: Outcome): void {
    open.get(number)?.settle(outcome);
    open.delete(number);
  }

  function settleAsUnknown(): void {
    waiting = [];
    for (const number of [...open.keys()]) settle(number, { kind: 'unknown' });
  }

  function postRequests(): void {
    if (isClosed) settleAsUnknown();
    if (waiting.length === 0) return;
    const message = packRequests(waiting, ownPorts);
    waiting = [];
    thread ??= startThread();
    thread.postMessage(message, [message.bodies]);
  }

  return {
    send: (request) =>
      new Promise((settle) => {
        latest += 1;
        open.set(latest, { settle, since: look });
        if (waiting.push([latest, request]) === 1) setImmediate(postRequests);
      }),
    async close() {
      const ended = thread;
      thread = undefined;
      isClosed = true;
      await ended?.terminate();
      settleAsUnknown();
    },
  };
}
