import type { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

/** Interfaces come and go; asking for them costs a system call for each. */
const keptMs = 3000;

/** Tells whether this machine has an address, in the spelling of ipaddr.js, on one of its network interfaces. */
export function createOwnAddresses(interfaces: typeof networkInterfaces): (address: string) => boolean {
  let known = new Set<string>();
  let until = Number.NEGATIVE_INFINITY;
  return (address) => {
    const now = performance.now();
    if (now >= until) {
      const entries = Object.values(interfaces()).flatMap((list) => list ?? []);
      known = new Set(entries.map((entry) => ipaddr.process(entry.address).toString()));
      until = now + keptMs;
    }
    return known.has(address);
  };
}
