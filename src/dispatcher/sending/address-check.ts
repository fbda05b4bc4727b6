import type { Guard } from './guard.ts';
import type { NameResolver } from './name-resolver.ts';

const resolveTimeoutMs = 1000;
const keptMs = 5000;
const maxKept = 1000;

/**
 * Says why callbacks to a URL would be refused; undefined when they would not, or when its name does not resolve within a
 * second. An answer is kept for a few seconds: endpoints are often saved many at a time, and each attempt looks again anyway.
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
