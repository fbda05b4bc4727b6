/**
 * Connection-specific headers, in lower case; names beginning with `proxyPrefix` belong to them too. Never forwarded in
 * either direction.
 */
export const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  // CGI-style servers would expose it as HTTP_PROXY, the setting for an outgoing proxy.
  'proxy',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export const proxyPrefix = 'proxy-';

/** `Connection` can name further headers: see `namedByConnection`. */
export const isHopByHop = (name: string): boolean => hopByHop.has(name) || name.startsWith(proxyPrefix);

/** Names of headers listed in a `Connection` header, in lower case; undefined if there are none. */
export function namedByConnection(connection: string | readonly string[] | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined;
  return new Set(
    String(connection)
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  );
}
