import type { Guard } from './guard.ts';
import type { NameResolver } from './name-resolver.ts';

const resolveTimeoutMs = 1000;
const keptMs = 5000;
const maxKept = 1000;

/**
 * Returns the reason why callbacks to a URL would be refused; undefined if they are allowed, or if the name does not
 * resolve within 1 s. Caches results for 5 s: endpoints are often saved in bulk, and each attempt checks again.
 */
export function createAddressCheck(guard: Guard, names: NameResolver): (url: URL) => Promise<string | undefined> {
  const kept = new Map<string, { answer: Promise<string | undefined>; until: number }>();

  async function ask(hostname: string, port: number): Promise<string | undefined> {
    const addresses = await names.resolve(hostname, resolveTimeoutMs).catch(() => []);
    return addresses.map((address) => guard.refusal(address, port)).find((refusal) => refusal !== undefined);
  }

  return ({ host, hostname, port, protocol }) => {
    const now = performance.now();
    const known = kept.get(`${protocol}${host}`);
    if (known && known.until > now) return known.answer;
    if (kept.size >= maxKept) kept.clear();
    const answer = ask(hostname, Number(port || (protocol === 'https:' ? 443 : 80)));
    kept.set(`${protocol}${host}`, { answer, until: now + keptMs });
    return answer;
  };
}
