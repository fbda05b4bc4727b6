import dns from 'node:dns';
import type { LookupFunction } from 'node:net';

type Callback = Parameters<LookupFunction>[2];

/**
 * Looks up the addresses of one host for each connection. Connections that begin during a look-up share its result: a
 * look-up occupies one of the few threads of the process for as long as the name servers are silent.
 */
export function createSharedLookup(): LookupFunction {
  let waiting: Callback[] | undefined;
  return (hostname, options, callback) => {
    if (waiting) {
      waiting.push(callback);
      return;
    }
    const sharing = [callback];
    waiting = sharing;
    dns.lookup(hostname, options, (...result) => {
      waiting = undefined;
      for (const each of sharing) (each as (...values: typeof result) => void)(...result);
    });
  };
}
