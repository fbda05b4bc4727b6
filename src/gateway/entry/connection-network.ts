import { isIPv6 } from 'node:net';
import { createProxyTrust, groupsOf, withoutMapping } from './client-address.ts';

/** Source addresses of a proxy on the same machine. */
const ownMachine = ['127.0.0.1/32', '::1/128'];

/**
 * Tells the unit of peers that has its share of connections: an IPv4 address, or an IPv6 /56 network, which access providers
 * give to one customer. Undefined for trusted proxies and proxies on this machine, because each carries connections of many
 * clients.
 */
export function createConnectionNetwork(trustedProxies: readonly string[]): (peer: string) => string | undefined {
  const isProxy = createProxyTrust([...trustedProxies, ...ownMachine]);
  return (peer) => {
    const address = withoutMapping(peer);
    if (isProxy(address)) return undefined;
    if (!isIPv6(address)) return address;
    const [first, second, third, fourth = ''] = groupsOf(address);
    return `${first}:${second}:${third}:${fourth.padStart(4, '0').slice(0, 2)}`;
  };
}
