import type { Claimed } from './delivery.ts';
import type { ResolvedEndpoint } from './endpoint.ts';
import type { Sendable } from './sender.ts';
import { sign } from './signature.ts';

type Active = Extract<ResolvedEndpoint, { state: 'active' }>;

const withoutBody = new Set(['GET', 'DELETE']);

/**
 * The request of one attempt, with the headers of the Standard Webhooks specification. GET and DELETE carry no body: their
 * path and query are signed in its place. `base` is the endpoint's URL, and is not changed. Throws when the URL cannot be built.
 */
export function buildRequest(
  claimed: Claimed,
  endpoint: Active,
  { base, timestamp, userAgent }: { base: URL; timestamp: number; userAgent: string },
): Sendable {
  const body = withoutBody.has(endpoint.method) ? undefined : Buffer.from(claimed.payload);
  const url = body ? base : new URL(base);
  // Appended as text: through `searchParams` the path's own query would be written anew, and differently.
  if (!body) url.search = [url.search.slice(1), new URLSearchParams(queryOf(claimed.payload))].filter(String).join('&');
  const content = body ?? url.pathname + url.search;
  return {
    url,
    method: endpoint.method,
    body,
    headers: {
      ...(body ? { 'content-type': 'application/json' } : {}),
      'user-agent': userAgent,
      'accept-encoding': 'identity',
      'webhook-id': claimed.id,
      'webhook-timestamp': String(timestamp),
      'webhook-attempt': String(claimed.attemptCount + 1),
      'webhook-signature': sign(endpoint.secrets, claimed.id, timestamp, content),
      ...(endpoint.authorization === undefined ? {} : { authorization: endpoint.authorization }),
    },
  };
}

/** An event as query fields: its own members, then each member of `data` under its name; objects as JSON text. */
export function queryOf(payload: string): [string, string][] {
  const { data = {}, ...event } = JSON.parse(payload) as Record<string, unknown>;
  const fields = [...Object.entries(event), ...Object.entries(data as Record<string, unknown>)];
  return fields.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
}
