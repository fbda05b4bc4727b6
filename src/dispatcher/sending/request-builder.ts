import type { Claimed } from '../model/delivery.ts';
import type { Address, ResolvedEndpoint } from '../model/endpoint.ts';
import { toSendableHeaders } from '../model/endpoint-headers.ts';
import { pathWith, queryOf, queryProblemOf, withoutBody } from './event-query.ts';
import type { Sendable } from './sender.ts';
import { sign } from './signature.ts';

type Active = Extract<ResolvedEndpoint, { state: 'active' }>;

/**
 * The request of one attempt, with the headers of the Standard Webhooks specification. GET and DELETE carry no body:
 * their path and query are signed in its place. Throws `RangeError` for headers of the endpoint that cannot be sent, and for an
 * event that the query cannot carry.
 */
export function buildRequest(
  claimed: Claimed,
  endpoint: Active,
  { address, timestamp, userAgent }: { address: Address; timestamp: number; userAgent: string },
): Sendable {
  const body = withoutBody.has(endpoint.method) ? undefined : Buffer.from(claimed.payload);
  const to = body ? address : withQuery(address, claimed.payload);
  const headers: Record<string, string | undefined> = {
    'content-type': body && 'application/json',
    'user-agent': userAgent,
    'accept-encoding': 'identity',
    'webhook-id': claimed.id,
    'webhook-timestamp': String(timestamp),
    'webhook-attempt': String(claimed.attemptCount + 1),
    'webhook-signature': sign(endpoint.secrets, claimed.id, timestamp, body ?? to.path),
  };
  if (claimed.traceparent !== undefined) headers.traceparent = claimed.traceparent;
  if (endpoint.authorization !== undefined) headers.authorization = endpoint.authorization;
  return { address: to, method: endpoint.method, body, headers: withOwn(endpoint, headers) };
}

/** Adds the endpoint's own headers, which replace none. */
function withOwn({ authorization, delivery }: Active, headers: Sendable['headers']): Sendable['headers'] {
  if (!delivery?.headers) return headers;
  return { ...toSendableHeaders(delivery.headers, { hasAuthorization: authorization !== undefined }), ...headers };
}

function withQuery({ origin, path }: Address, payload: string): Address {
  const fields = queryOf(payload);
  const found = queryProblemOf(fields, path);
  if (found) throw new RangeError(found.problem);
  return { origin, path: pathWith(path, fields) };
}
