import type { TokenPlace } from '../../target-definition.ts';
import type { Call } from '../call/target.ts';

export interface UpgradeCredentials {
  /** Credentials from the first place that holds any, in the form of the header `Authorization`. */
  readonly authorization: string | undefined;
  /** Several credentials were sent; they might belong to different callers. */
  readonly isAmbiguous: boolean;
  /** The query with its `?`, tokens removed. */
  readonly search: string;
  /** The subprotocols, tokens removed; undefined where the target accepts no token there. */
  readonly protocols: readonly string[] | undefined;
  readonly fallbackProtocol: string | undefined;
}

const queryName = 'access_token=';
const protocolPrefix = 'hookgate.bearer.';
/** Selected if the backend selects no subprotocol: browsers fail when they offered some and none is selected. */
const fallback = 'hookgate';

/**
 * Extracts the token of an upgrade from the places where the target accepts one: browsers cannot set headers on
 * WebSockets. Other places stay untouched: a value there that looks like a token is meant for the backend.
 */
export function takeCredentials({ req, path }: Call, places: readonly TokenPlace[]): UpgradeCredentials {
  const { authorization } = req.headers;
  const inHeader = places.includes('header') && authorization !== undefined ? [authorization] : [];
  const sent = (req.url ?? '').slice(path.length);
  const query = places.includes('query') ? split(sent.slice(1).split('&'), queryName) : undefined;
  const protocols = places.includes('subprotocol') ? split(offered(req.headers), protocolPrefix) : undefined;
  const all = [
    ...inHeader,
    ...(protocols?.tokens ?? []).map((token) => `Bearer ${token}`),
    ...(query?.tokens ?? []).map((token) => `Bearer ${decode(token)}`),
  ];
  return {
    authorization: all[0],
    isAmbiguous: all.length > 1,
    search: query && query.tokens.length > 0 ? toSearch(query.others) : sent,
    protocols: protocols?.others.filter((protocol) => protocol !== fallback),
    fallbackProtocol: protocols?.others.includes(fallback) ? fallback : undefined,
  };
}

/** The subprotocols that a client offers. */
export const offered = (headers: { readonly [name: string]: string | string[] | undefined }): string[] =>
  String(headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((protocol) => protocol.trim())
    .filter(Boolean);

function split(parts: readonly string[], prefix: string): { tokens: string[]; others: string[] } {
  const tokens = parts.filter((part) => part.startsWith(prefix)).map((part) => part.slice(prefix.length));
  return { tokens, others: parts.filter((part) => !part.startsWith(prefix)) };
}

const toSearch = (parts: readonly string[]): string => (parts.length === 0 ? '' : `?${parts.join('&')}`);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
