import { originRefused } from '../../errors.ts';
import { isReading } from './call.ts';
import type { Call, Way } from './target.ts';

/** A proxy that ends TLS may not tell the protocol, so a page with `https` counts as own on the same host. */
export function isOwnOrigin(origin: string, { protocol, host }: Way): boolean {
  const scheme = URL.parse(origin)?.protocol;
  if (scheme !== 'https:' && scheme !== `${protocol}:`) return false;
  return URL.parse(`${scheme}//${host}`)?.origin === origin;
}

/** The origin by which the client knows the gateway: of its own page, else of protocol and host; empty without a host. */
export function ownOriginOf({ req }: Call, way: Way): string {
  const { origin } = req.headers;
  if (origin !== undefined && isOwnOrigin(origin, way)) return origin;
  return URL.parse(`${way.protocol}://${way.host}`)?.origin ?? '';
}

/**
 * Refuses a call that another origin's page has caused. Programs send neither `Origin` nor `Sec-Fetch-Site`. An address that
 * the user has typed (`none`) causes no other method than GET. Throws `ORIGIN_REFUSED`.
 */
export function requireOwnPage(call: Call, way: Way): void {
  const { origin, 'sec-fetch-site': site } = call.req.headers;
  const isOwnSite = site === undefined || site === 'same-origin' || (site === 'none' && isReading(call));
  if (!isOwnSite || (origin !== undefined && !isOwnOrigin(origin, way)))
    throw originRefused('a call that only own pages may send, from a page of another origin');
}
