import type { TLSSocket } from 'node:tls';
import type { Call } from '../../gateway/call/target.ts';
import { createProxyTrust, withoutMapping } from '../../gateway/entry/client-address.ts';
import { hostAndPort } from '../../gateway/entry/framing.ts';

/** How a call reached the gateway, sent to backends as `X-Forwarded-*`. */
export interface Forwarded {
  readonly client: string;
  readonly protocol: string;
  /** `Host` as sent; empty without one, which only HTTP/1.0 allows. */
  readonly host: string;
}

/**
 * Takes protocol and host from a trusted proxy's `X-Forwarded-*`, and otherwise from the connection and the request.
 */
export function createForwarded(trustedProxies: readonly string[]): (call: Call) => Forwarded {
  const isTrusted = createProxyTrust(trustedProxies);
  return (call) => {
    const { headers, socket } = call.req;
    const seen = {
      client: call.clientAddress,
      protocol: (socket as TLSSocket).encrypted ? 'https' : 'http',
      host: headers.host ?? '',
    };
    if (trustedProxies.length === 0 || !isTrusted(withoutMapping(socket.remoteAddress ?? ''))) return seen;
    const protocol = headers['x-forwarded-proto'];
    const host = headers['x-forwarded-host'];
    return {
      client: seen.client,
      protocol: protocol === 'http' || protocol === 'https' ? protocol : seen.protocol,
      host: typeof host === 'string' && hostAndPort.test(host) ? host : seen.host,
    };
  };
}
