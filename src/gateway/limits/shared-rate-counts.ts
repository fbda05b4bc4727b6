import { setImmediate as socketsRead } from 'node:timers/promises';
import type { Logger } from '../../logger.ts';
import { loadRateLimiterRedis } from '../../packages/rate-limiter.ts';
import { type RateCount, windowSeconds } from './rate-count.ts';

/** Counts that all processes on one Redis share. */
export interface SharedRateCounts {
  /**
   * Counts a call by its key and time (microseconds). Undefined, also later, when Redis does not answer: then whoever asks has to
   * count alone. Never rejects.
   */
  add(key: string, at: number): Promise<RateCount | undefined> | undefined;
  close(): void;
}

export interface SharedRateCountsParts {
  /** `redis://` or `rediss://`, with credentials where needed. */
  url: string;
  logger: Logger;
}

/** A call waits no longer than this for its count. */
const countTimeoutMs = 100;
/** What does not answer for so long is away. */
const commandTimeoutMs = 1000;
const connectTimeoutMs = 3000;
const retryMs = 1000;
const away = 'Redis does not answer: each process counts its own calls for the rate limit';

/** Connects in the background: a Redis that is away stops neither the start nor a call. */
export async function openSharedRateCounts({ url, logger }: SharedRateCountsParts): Promise<SharedRateCounts> {
  const { redis, limiter } = await open(url);
  let isUp = false;
  let isProbing = false;
  let isClosed = false;
  /** Undefined until it is known whether Redis is there. */
  let known: 'there' | 'away' | undefined;
  let connectionError: Error | undefined;
  let retry: NodeJS.Timeout | undefined;

  /** Counts something of no meaning: a server that answers but does not write is of no use. No call waits for it. */
  const probe = async (): Promise<void> => {
    if (isProbing || isClosed) return;
    isProbing = true;
    isUp = false;
    clearTimeout(retry);
    try {
      await limiter.consume('probe');
      if (known !== 'there') logger.info('Redis counts for the rate limit');
      isUp = true;
      known = 'there';
      connectionError = undefined;
    } catch (error) {
      retry = setTimeout(() => void probe(), retryMs).unref();
      if (known !== 'away' && !isClosed) logger.warn(away, { reason: reasonOf(connectionError ?? (error as Error)) });
      known = 'away';
    } finally {
      isProbing = false;
    }
  };
  redis.on('ready', () => void probe());
  redis.on('error', (error: Error) => {
    connectionError = error;
    void probe();
  });

  const count = async (key: string, at: number): Promise<RateCount | undefined> => {
    try {
      const { consumedPoints, msBeforeNext } = await inTime(limiter.consume(key));
      return { used: consumedPoints, resetsAt: at + msBeforeNext * 1000, isShared: true };
    } catch {
      void probe();
      return undefined;
    }
  };

  return {
    add: (key, at) => (isUp ? count(key, at) : undefined),
    close: () => {
      isClosed = true;
      clearTimeout(retry);
      redis.disconnect();
    },
  };
}

async function open(url: string) {
  const { Redis } = await import('ioredis');
  const RateLimiterRedis = loadRateLimiterRedis();
  const redis = new Redis(url, {
    // In version 3 of the protocol an old server would quote the password in its error.
    protocol: 2,
    commandTimeout: commandTimeoutMs,
    connectTimeout: connectTimeoutMs,
    // A connection whose other end is gone without a word is given up.
    socketTimeout: connectTimeoutMs,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(50 * times, retryMs),
    // After a fail-over the same address may lead to the new primary.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
    ...(url.startsWith('rediss:') ? { tls: { rejectUnauthorized: true } } : {}),
  });
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: 'hookgate:rate',
    duration: windowSeconds,
    // Whoever asks knows the limit, which differs from target to target.
    points: Number.MAX_SAFE_INTEGER,
  });
  return { redis, limiter };
}

/** Rejects when it takes too long, unless that is our own fault: an answer may be there that has not been read yet. */
function inTime<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      void socketsRead().then(() => reject(new Error('late')));
    }, countTimeoutMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Of an error of Redis the first word alone: the rest may quote the command, and with it the password. */
function reasonOf({ code, message }: Error & { code?: string }): string {
  if (code !== undefined) return code;
  if (message === 'Command timed out') return 'time-out';
  return /^[A-Z]+(?= )/.exec(message)?.[0] ?? 'no connection';
}
