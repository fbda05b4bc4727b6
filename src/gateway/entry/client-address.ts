import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Call } from '../call/target.ts';

/**
 * Sets the client's address: the peer's, or, if the peer is a trusted proxy, the rightmost entry of `X-Forwarded-For`
 * that is not a trusted proxy. `X-Forwarded-For` of an untrusted peer is ignored.
 */
export function createClientAddress(trustedProxies: readonly string[]): (call: Call) => void {
  if (trustedProxies.length === 0) {
    return (call) => {
      call.clientAddress = withoutMapping(call.clientAddress);
    };
  }
  const isTrusted = createProxyTrust(trustedProxies);
  return (call) => {
    const header = call.req.headers['x-forwarded-for'];
    const forwarded = String(header ?? '')
      .split(',')
      .map((part) => part.trim());
    let address = withoutMapping(call.clientAddress);
    while (isTrusted(address)) {
      const next = withoutMapping(forwarded.pop() ?? '');
      if (isIP(next) === 0) break;
      address = next;
    }
    call.clientAddress = address;
  };
}

/** Tells whether an address belongs to one of these proxies (addresses or networks in CIDR notation). */
export function createProxyTrust(trustedProxies: readonly string[]): (address: string) => boolean {
  const trusted = new BlockList();
  for (const network of trustedProxies) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    trusted.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return (address) => isIP(address) !== 0 && trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** A socket that listens on IPv6 shows IPv4 peers as `::ffff:192.0.2.1`. */
export const withoutMapping = (address: string): string =>
  address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;

/** The unit that limits count as one customer: an IPv4 address, or an IPv6 /64 network. */
export function networkOf(address: string): string {
  return isIPv6(address) ? groupsOf(address).slice(0, 4).join(':') : address;
}

/** The groups of an IPv6 address, without leading zeros. */
export function groupsOf(ipv6: string): string[] {
  const [head = '', tail] = ipv6.split('::');
  const before = head.split(':').filter(Boolean);
  const after = (tail ?? '').split(':').filter(Boolean);
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after];
}
