import { createRequire } from 'node:module';
import type * as RateLimiter from 'rate-limiter-flexible';

const require = createRequire(import.meta.url);

// The package's main module also loads what it has for every other store, which would stay in memory unused.
export const RateLimiterMemory =
  require('rate-limiter-flexible/lib/RateLimiterMemory.js') as typeof RateLimiter.RateLimiterMemory;
export const loadRateLimiterRedis = (): typeof RateLimiter.RateLimiterRedis =>
  require('rate-limiter-flexible/lib/RateLimiterRedis.js') as typeof RateLimiter.RateLimiterRedis;
