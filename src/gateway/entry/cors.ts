import { putHeaders } from '../call/call.ts';
import type { Call } from '../call/target.ts';

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const requestHeaders =
  'Authorization, Content-Type, Idempotency-Key, X-Organization, X-Request-Id, X-Target-Server, traceparent';
const exposedHeaders =
  'Idempotent-Replayed, Location, RateLimit, RateLimit-Limit, RateLimit-Policy, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id';
const maxAgeSeconds = '600';

/**
 * Lets pages of `origins` call the gateway, and answers their preflights. Any other OPTIONS request continues, and
 * needs credentials like every request. Returns true when it has answered.
 */
export function createCors(origins: readonly string[]): (call: Call) => boolean {
  const allowed = new Set(origins);
  return (call) => {
    const { req, res, headers } = call;
    const { origin } = req.headers;
    if (origin === undefined || !allowed.has(origin)) return false;
    headers.push('Access-Control-Allow-Origin', origin, 'Access-Control-Expose-Headers', exposedHeaders);
    headers.push('Vary', 'Origin');
    if (req.method !== 'OPTIONS' || req.headers['access-control-request-method'] === undefined) return false;
    putHeaders(call);
    res.writeHead(204, {
      'Access-Control-Allow-Methods': methods,
      'Access-Control-Allow-Headers': requestHeaders,
      'Access-Control-Max-Age': maxAgeSeconds,
    });
    res.end();
    return true;
  };
}
