/** Headers about one connection alone, in lower case, beside those of `proxyPrefix`; each side of the gateway has its own. */
export const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  // Servers that turn headers into variables take it for a setting of their own: HTTP_PROXY.
  'proxy',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export const proxyPrefix = 'proxy-';

/** `Connection` may name more. */
export const isHopByHop = (name: string): boolean => hopByHop.has(name) || name.startsWith(proxyPrefix);

/** The headers that a `Connection` header names, in lower case; undefined when there are none. */
export function namedByConnection(connection: string | readonly string[] | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined;
  return new Set(
    String(connection)
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  );
}
