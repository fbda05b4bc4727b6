import type { ServerResponse } from 'node:http';

/** Request headers that choose the target and the CORS headers, and with them every response. */
export const varyOfAll = 'X-Target-Server, Origin';
/** The same and the ones that choose the caller and its organization. */
export const varyOfCallers = `${varyOfAll}, Authorization, X-Organization`;

/** Merges two values of `Vary`, each name once in any case. A star stands for every header, and makes names useless. */
export function mergeVary(own: string, other: string): string {
  if (other === '') return own;
  const names = new Map<string, string>();
  for (const part of `${own},${other}`.split(',')) {
    const name = part.trim();
    if (name === '*') return '*';
    if (name !== '' && !names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
  }
  return [...names.values()].join(', ');
}

/** Merges every later `Vary` of a plugin with the names in `vary`, which would otherwise be lost. */
export function keepVary(res: ServerResponse, vary: string): void {
  const { setHeader } = res;
  // Express and `writeHead` set headers through this method as well.
  res.setHeader = (name, value) =>
    setHeader.call(res, name, name.toLowerCase() === 'vary' ? mergeVary(vary, String(value)) : value);
}
