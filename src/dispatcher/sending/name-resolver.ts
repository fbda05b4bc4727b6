import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';

export interface NameResolver {
  /** All addresses of a host name. Rejects with a `DnsError` if there is none, or after `timeoutMs`. */
  resolve(hostname: string, timeoutMs: number): Promise<string[]>;
}

export class DnsError extends Error {
  readonly isTimeout: boolean;

  constructor(message: string, isTimeout: boolean) {
    super(message);
    this.name = 'DnsError';
    this.isTimeout = isTimeout;
  }
}

const hostsFile = '/etc/hosts';
const hostsKeptMs = 5000;
const loopback = ['127.0.0.1', '::1'];
/** Share of the timeout for one name server, so that the next one can be tried. */
const serverShare = 1 / 4;
/** Share of the timeout for the second address family once the first has answered. */
const otherFamilyShare = 1 / 4;

/**
 * Resolves names by the hosts file, then DNS (c-ares). `dns.lookup` would block one of libuv's four threads for as
 * long as a name server is silent, and four such look-ups stall every other user of the thread pool. `servers`
 * (`address:port`) replace the system's name servers.
 */
export function createNameResolver(servers?: readonly string[]): NameResolver {
  let hosts = new Map<string, string[]>();
  let readAt = Number.NEGATIVE_INFINITY;

  async function fromHosts(name: string): Promise<string[]> {
    if (performance.now() - readAt > hostsKeptMs) {
      readAt = performance.now();
      hosts = parseHosts(await readFile(hostsFile, 'utf8').catch(() => ''));
    }
    return hosts.get(name) ?? [];
  }

  return {
    async resolve(hostname, timeoutMs) {
      const name = hostname.replace(/\.$/, '').toLowerCase();
      const literal = name.startsWith('[') ? name.slice(1, -1) : name;
      if (isIP(literal) !== 0) return [literal];
      const known = await fromHosts(name);
      if (known.length > 0) return known;
      // Never resolved by DNS (RFC 6761, 6.3).
      return name === 'localhost' || name.endsWith('.localhost') ? loopback : fromDns(name, timeoutMs, servers);
    },
  };
}

async function fromDns(name: string, timeoutMs: number, servers?: readonly string[]): Promise<string[]> {
  // A resolver for each call: `cancel` ends all queries of a resolver.
  const resolver = new Resolver({ timeout: Math.ceil(timeoutMs * serverShare), tries: 2 });
  if (servers) resolver.setServers(servers);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    resolver.cancel();
  }, timeoutMs);
  // Some name servers never answer AAAA queries, which must not discard the IPv4 addresses.
  let wait: NodeJS.Timeout | undefined;
  const first = (addresses: string[]): string[] => {
    wait ??= setTimeout(() => resolver.cancel(), timeoutMs * otherFamilyShare);
    return addresses;
  };
  try {
    const asked = [resolver.resolve4(name).then(first), resolver.resolve6(name).then(first)];
    const answers = await Promise.allSettled(asked);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length > 0) return addresses;
    const isSilent = answers.some((answer) => answer.status === 'rejected' && answer.reason.code === 'ETIMEOUT');
    throw new DnsError(
      isLate || isSilent ? 'DNS query timed out' : 'no address found for the name',
      isLate || isSilent,
    );
  } finally {
    clearTimeout(timer);
    clearTimeout(wait);
  }
}

function parseHosts(text: string): Map<string, string[]> {
  const hosts = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (!address || isIP(address) === 0) continue;
    for (const name of names) hosts.set(name.toLowerCase(), [...(hosts.get(name.toLowerCase()) ?? []), address]);
  }
  return hosts;
}
