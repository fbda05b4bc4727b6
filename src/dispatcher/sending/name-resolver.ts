import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';

export interface NameResolver {
  /** Every address of a host name. Rejects with a `DnsError` when there is none or the deadline passes. */
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
/** Of the whole time, for a name server that keeps silent, so that the next one can be asked, … */
const serverShare = 1 / 4;
/** … and for the addresses of one family when those of the other are known. */
const otherFamilyShare = 1 / 4;

/**
 * Names by the hosts file and then DNS (c-ares). Not `dns.lookup`: that occupies one of four threads for as long as a name
 * server keeps silent, and four silent ones would stall everything else that needs a thread. `servers` (`address:port`) are
 * asked in place of the system's.
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
      // Never asked of a name server (RFC 6761, 6.3).
      return name === 'localhost' || name.endsWith('.localhost') ? loopback : fromDns(name, timeoutMs, servers);
    },
  };
}

async function fromDns(name: string, timeoutMs: number, servers?: readonly string[]): Promise<string[]> {
  // A resolver of its own: cancelling one ends everything that it was asked.
  const resolver = new Resolver({ timeout: Math.ceil(timeoutMs * serverShare), tries: 2 });
  if (servers) resolver.setServers(servers);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    resolver.cancel();
  }, timeoutMs);
  // A name server that knows nothing of IPv6 may keep silent about it: that must not cost what it said about IPv4.
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
      isLate || isSilent ? 'the name servers did not answer in time' : 'the name has no address',
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
