import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import { createOwnAddresses } from './own-addresses.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = ReturnType<typeof ipaddr.parseCIDR>;

export interface Guard {
  /** Reason why this address and port are blocked, as the end of a sentence about it; undefined if they are allowed. */
  refusal(address: string, port: number): string | undefined;
}

export interface GuardSettings {
  /** Networks (CIDR) that are allowed although they are private. */
  allowedNetworks: readonly string[];
  /** Ports that this process listens on. A function, because a port of 0 is assigned late. */
  ownPorts: () => readonly number[];
  /** The network interfaces of this machine. Default: as the system lists them. */
  interfaces?: typeof networkInterfaces;
}

/**
 * Services of a cloud's hosts at addresses that look public: Azure's wire server, and the service networks of IBM Cloud.
 * Other clouds use private ranges.
 */
const hostServices = ['168.63.129.16/32', '161.26.0.0/16', '166.8.0.0/14'].map((network) => ipaddr.parseCIDR(network));
const refusedPorts = new Set([0, 25]);
const globalUnicast = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

/** Restricts callbacks to the public internet and the networks that the operator has allowed. */
export function createGuard({ allowedNetworks, ownPorts, interfaces = networkInterfaces }: GuardSettings): Guard {
  const allowed = allowedNetworks.map((network) =>
    ipaddr.parseCIDR(network.includes('/') ? network : `${network}/${widthOf(network)}`),
  );
  const isOnInterface = createOwnAddresses(interfaces);
  return {
    refusal(text, port) {
      // Rejects spellings that only some programs accept, such as 127.1 and 0177.0.0.1.
      if (isIP(text) === 0) return 'is not an IP address';
      const address = parse(text);
      if (refusedPorts.has(port)) return `uses the blocked port ${port}`;
      const isOwn = isOnInterface(address.toString());
      if (ownPorts().includes(port) && (isOwn || isLocal(address))) return 'is this gateway itself';
      if ((isPublic(address) && !isOwn) || isIn(allowed, address)) return undefined;
      return `is not a public address (${isOwn ? 'own interface' : address.range()})`;
    },
  };
}

/**
 * Parses an address and unwraps IPv4-mapped IPv6; other wrappings of IPv4 are not public by themselves. The URL parser
 * first rewrites it in hexadecimal digits, because ipaddr.js mistakes `::10.0.0.1` for a mapped address.
 */
function parse(text: string): Address {
  if (isIP(text) === 4) return ipaddr.parse(text);
  const [address] = text.split('%');
  return ipaddr.process(new URL(`http://[${address}]`).hostname.slice(1, -1));
}

const isIn = (networks: readonly Network[], address: Address): boolean =>
  networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network as never, bits));

const widthOf = (address: string): number => (address.includes(':') ? 128 : 32);

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast' || isIn(hostServices, address)) return false;
  if (address.kind() === 'ipv4') return true;
  const v6 = address as ipaddr.IPv6;
  return v6.match(globalUnicast) && !isIsatap(v6);
}

/** ISATAP embeds an IPv4 address in the lower half of an IPv6 address of any network. */
function isIsatap({ parts }: ipaddr.IPv6): boolean {
  return parts[5] === 0x5efe && (parts[4] === 0 || parts[4] === 0x200);
}

function isLocal(address: Address): boolean {
  const range = address.range();
  return range === 'loopback' || range === 'unspecified';
}
