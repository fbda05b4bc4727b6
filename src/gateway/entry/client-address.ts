import { BlockList, isIP, isIPv4, isIPv6, SocketAddress } from 'node:net';
import type { Logger } from '../../logger.ts';
import type { Call } from '../call/target.ts';

/**
 * Sets the client's address: the peer's, or, if the peer is a trusted proxy, the rightmost entry of `X-Forwarded-For`
 * that is not a trusted proxy. `X-Forwarded-For` of an untrusted peer is ignored, and logged once: behind a proxy that
 * is not declared, all clients share its address and so their limits.
 */
export function createClientAddress(trustedProxies: readonly string[], logger: Logger): (call: Call) => void {
  const isTrusted = createProxyTrust(trustedProxies);
  let isWarned = false;

  function warnOnce(peer: string): void {
    if (isWarned) return;
    isWarned = true;
    logger.warn('X-Forwarded-For ignored: the peer is not among TRUSTED_PROXIES', { peer });
  }

  return (call) => {
    const peer = withoutMapping(call.clientAddress);
    call.clientAddress = peer;
    const header = call.req.headers['x-forwarded-for'];
    if (header === undefined) return;
    if (!isTrusted(peer)) {
      warnOnce(peer);
      return;
    }
    const forwarded = String(header).split(',');
    while (isTrusted(call.clientAddress)) {
      const next = addressIn(forwarded.pop() ?? '');
      if (next === undefined) return;
      call.clientAddress = next;
    }
  };
}

/** An address, in brackets or not, with a port (which may be obfuscated, RFC 7239 6.3) or not. */
const withPort = /^(?:\[([^\]]*)\]|([^:]*))(?::(?:\d{1,5}|_[\w.-]+))?$/;
const zone = /%[\w.~%-]+$/;

/**
 * The address in an entry of `X-Forwarded-For`, in its usual spelling; undefined if there is none. Proxies also write
 * `192.0.2.1:5678`, `[2001:db8::1]:80`, quotation marks and zones: `fe80::1%eth0`.
 */
export function addressIn(entry: string): string | undefined {
  const text = entry.trim().replace(/^"(.*)"$/, '$1');
  const [, bracketed, plain] = withPort.exec(text) ?? [];
  const v4 = bracketed ?? plain ?? '';
  if (isIPv4(v4)) return v4;
  const address = (bracketed ?? text).replace(zone, '');
  // Only IPv6 has zones and several spellings.
  return isIPv6(address) ? withoutMapping(new SocketAddress({ address, family: 'ipv6' }).address) : undefined;
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
