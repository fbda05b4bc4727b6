import type { IncomingMessage } from 'node:http';
import { badRequest } from '../errors.ts';

const httpItself = /^(?:h2c?|http|tls)(?:\/|$)/i;
const oneProtocol = /^[!#$%&'*+.^`|~\w-]+(?:\/[!#$%&'*+.^`|~\w-]+)?$/;

/**
 * Whether a request that asks for an upgrade is taken by its word. Others are served as if they had not asked, which is
 * what RFC 9110 7.8 leaves to a server: those of HTTP/1.0, those with a body, and those that offer another way to speak HTTP
 * (h2c, TLS). In the latter requests would follow that nobody here reads, and some clients offer it with every request.
 */
export function isUpgrade({ headers, httpVersion }: IncomingMessage): boolean {
  const offers = (headers.upgrade ?? '').split(',').map((offer) => offer.trim());
  const hasBody = headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
  return httpVersion === '1.1' && !hasBody && !offers.every((offer) => httpItself.test(offer));
}

/** One protocol and no choice, in which HTTP/2 might hide. Throws `BAD_REQUEST`. */
export function checkProtocol({ headers }: IncomingMessage): void {
  const { upgrade = '' } = headers;
  if (!oneProtocol.test(upgrade)) throw badRequest('BAD_REQUEST', 'The header Upgrade must name one protocol.');
}
