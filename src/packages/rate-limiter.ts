import { createRequire } from 'node:module';
import type * as RateLimiter from 'rate-limiter-flexible';

const require = createRequire(import.meta.url);

// The package's main module also loads its limiters for all other stores, which would occupy memory unused.
export const loadRateLimiterRedis = (): typeof RateLimiter.RateLimiterRedis =>
  require('rate-limiter-flexible/lib/RateLimiterRedis.js') as typeof RateLimiter.RateLimiterRedis;
