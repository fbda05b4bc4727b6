import { answeredWithin } from '../../answered-within.ts';
import type { Logger } from '../../logger.ts';
import { loadRateLimiterRedis } from '../../packages/rate-limiter.ts';
import { type RateCount, windowSeconds } from './rate-count.ts';

/** Counts shared by all processes that use one Redis. */
export interface SharedRateCounts {
  /** Whether Redis counts at present. */
  readonly isUp: boolean;
  /**
   * Counts a call by its key and time (microseconds). Returns or resolves to undefined when Redis does not answer: the
   * caller then counts locally. Never rejects.
   */
  add(key: string, at: number): Promise<RateCount | undefined> | undefined;
  close(): void;
}

export interface SharedRateCountsParts {
  /** `redis://` or `rediss://`, with credentials where needed. */
  url: string;
  logger: Logger;
}

/** Upper bound of a call's wait for its count. */
const countTimeoutMs = 100;
/** A Redis that takes longer to answer counts as unreachable. */
const commandTimeoutMs = 1000;
const connectTimeoutMs = 3000;
const retryMs = 1000;
const unreachable = 'redis unreachable, each process applies its own rate limit';

/** Connects in the background: an unreachable Redis blocks neither the start nor a call. */
export async function openSharedRateCounts({ url, logger }: SharedRateCountsParts): Promise<SharedRateCounts> {
  const { redis, limiter } = await open(url);
  let isUp = false;
  let isProbing = false;
  let isClosed = false;
  /** The state that was logged last; undefined before the first probe. */
  let logged: 'up' | 'down' | undefined;
  let connectionError: Error | undefined;
  let retry: NodeJS.Timeout | undefined;

  /** Counts a dummy key, because a server that answers but cannot write is of no use. No call waits for it. */
  const probe = async (): Promise<void> => {
    if (isProbing || isClosed) return;
    isProbing = true;
    isUp = false;
    clearTimeout(retry);
    try {
      await limiter.consume('probe');
      if (logged !== 'up') logger.info('rate limit shared through redis');
      isUp = true;
      logged = 'up';
      connectionError = undefined;
    } catch (error) {
      retry = setTimeout(() => void probe(), retryMs).unref();
      if (logged !== 'down' && !isClosed)
        logger.warn(unreachable, { reason: reasonOf(connectionError ?? (error as Error)) });
      logged = 'down';
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
      const { consumedPoints, msBeforeNext } = await answeredWithin(countTimeoutMs, limiter.consume(key), late);
      return { used: consumedPoints, resetsAt: at + msBeforeNext * 1000, isShared: true };
    } catch {
      void probe();
      return undefined;
    }
  };

  return {
    get isUp() {
      return isUp;
    },
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
    // With version 3 of the protocol, an old server quotes the password in its error.
    protocol: 2,
    commandTimeout: commandTimeoutMs,
    connectTimeout: connectTimeoutMs,
    // Gives up a connection whose peer has vanished without closing it.
    socketTimeout: connectTimeoutMs,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(50 * times, retryMs),
    // After a failover the same address may lead to the new primary.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
    ...(url.startsWith('rediss:') ? { tls: { rejectUnauthorized: true } } : {}),
  });
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: 'hookgate:rate',
    duration: windowSeconds,
    // Counts only: the limit differs per target, and the caller of `add` applies it.
    points: Number.MAX_SAFE_INTEGER,
  });
  return { redis, limiter };
}

const late = (): Error => new Error('late');

/** Only the first word of a Redis error: the rest may quote the command, and with it the password. */
function reasonOf({ code, message }: Error & { code?: string }): string {
  if (code !== undefined) return code;
  if (message === 'Command timed out') return 'timeout';
  return /^[A-Z]+(?= )/.exec(message)?.[0] ?? 'no connection';
}
