import { isIPv6 } from 'node:net';
import { createProxyTrust, groupsOf, withoutMapping } from './client-address.ts';

/**
 * Tells the unit of peers that has its share of connections: an IPv4 address, or an IPv6 /56 network, which access providers
 * give to one customer. Undefined for trusted proxies, because each carries connections of many clients, and for all peers
 * of a gateway that only its own machine can reach: a proxy there is the way of every client.
 */
export function createConnectionNetwork(
  trustedProxies: readonly string[],
  isReachableFromOutside: boolean,
): (peer: string) => string | undefined {
  if (!isReachableFromOutside) return () => undefined;
  const isTrusted = createProxyTrust(trustedProxies);
  return (peer) => {
    const address = withoutMapping(peer);
    if (isTrusted(address)) return undefined;
    if (!isIPv6(address)) return address;
    const [first, second, third, fourth = ''] = groupsOf(address);
    return `${first}:${second}:${third}:${fourth.padStart(4, '0').slice(0, 2)}`;
  };
}
