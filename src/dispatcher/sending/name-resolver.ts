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
const searchFile = '/etc/resolv.conf';
/** A system file is read again after this time. */
const keptMs = 5000;
/** Limits of the C library. */
const maxSearch = 6;
const maxDots = 15;
const loopback = ['127.0.0.1', '::1'];
/** Share of the timeout for one name server, so that the next one can be tried. */
const serverShare = 1 / 4;
/** Share of the timeout for the second address family once the first has answered. */
const otherFamilyShare = 1 / 4;

export interface NameResolverOptions {
  /** Name servers (`address:port`) in place of the system's. */
  readonly servers?: readonly string[];
  /** A file in place of `/etc/resolv.conf`, for the search domains. */
  readonly search?: string;
}

/**
 * Resolves names by the hosts file, then DNS (c-ares), with the system's search domains: the same result as for other
 * programs of the machine. `dns.lookup` would block one of libuv's four threads for as long as a name server is silent,
 * and four such look-ups stall every other user of the thread pool.
 */
export function createNameResolver({ servers, search = searchFile }: NameResolverOptions = {}): NameResolver {
  const hostsOf = createFileReader(hostsFile, parseHosts);
  const searchOf = createFileReader(search, parseSearch);

  /** Tries the search domains one after the other. A silent name server ends the search: it would be as silent again. */
  async function searchDns(name: string, isAbsolute: boolean, timeoutMs: number): Promise<string[]> {
    const deadline = performance.now() + timeoutMs;
    const candidates = isAbsolute ? [name] : candidatesOf(name, await searchOf());
    let failure: DnsError | undefined;
    for (const candidate of candidates) {
      try {
        return await fromDns(candidate, Math.max(1, deadline - performance.now()), servers);
      } catch (error) {
        if (!(error instanceof DnsError) || error.isTimeout) throw error;
        failure = error;
      }
    }
    throw failure ?? new DnsError('no address found for the name', false);
  }

  return {
    async resolve(hostname, timeoutMs) {
      const name = hostname.replace(/\.$/, '').toLowerCase();
      const isAbsolute = hostname.endsWith('.');
      const literal = name.startsWith('[') ? name.slice(1, -1) : name;
      if (isIP(literal) !== 0) return [literal];
      const known = (await hostsOf()).get(name);
      if (known) return known;
      // Never resolved by DNS (RFC 6761, 6.3).
      return name === 'localhost' || name.endsWith('.localhost') ? loopback : searchDns(name, isAbsolute, timeoutMs);
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

/** Returns a function that reads a file, at most every five seconds. A missing file is empty. */
function createFileReader<T>(file: string, parse: (text: string) => T): () => Promise<T> {
  let content: Promise<T> | undefined;
  let readAt = 0;
  return () => {
    const now = performance.now();
    if (content && now - readAt <= keptMs) return content;
    readAt = now;
    content = readFile(file, 'utf8').then(parse, () => parse(''));
    return content;
  };
}

interface Search {
  readonly domains: readonly string[];
  /** A name with fewer dots is tried in the domains first. */
  readonly dots: number;
}

/** See resolv.conf(5). The last `search` or `domain` counts. */
function parseSearch(text: string): Search {
  let domains: string[] = [];
  let dots = 1;
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'search' || keyword === 'domain') domains = values;
    if (keyword === 'options')
      for (const value of values) dots = Math.min(Number(/^ndots:(\d+)$/.exec(value)?.[1] ?? dots), maxDots);
  }
  return {
    domains: domains
      .map((domain) => domain.replace(/\.$/, ''))
      .filter(Boolean)
      .slice(0, maxSearch),
    dots,
  };
}

/** The names to ask for, in their order. */
function candidatesOf(name: string, { domains, dots }: Search): string[] {
  const inDomains = domains.map((domain) => `${name}.${domain}`);
  return name.split('.').length > dots ? [name, ...inDomains] : [...inDomains, name];
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
