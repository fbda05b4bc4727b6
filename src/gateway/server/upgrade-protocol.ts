import type { IncomingMessage } from 'node:http';
import { badRequest } from '../../errors.ts';

const httpItself = /^(?:h2c?|http|tls)(?:\/|$)/i;
const oneProtocol = /^[!#$%&'*+.^`|~\w-]+(?:\/[!#$%&'*+.^`|~\w-]+)?$/;
/** Also with a version, which some servers overlook. */
const webSocket = /^websocket(?:\/|$)/i;
/** 16 bytes in base64. */
const webSocketKey = /^[A-Za-z0-9+/]{22}==$/;
/** Servers that turn headers into variables read `_` and `-` as the same. */
const disguised = /^(?=[^_]*_)sec[-_]websocket[-_]/i;

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

/**
 * One protocol and no choice, in which HTTP/2 might hide. A WebSocket's key is what its backend's answer is checked against: of
 * two, the backend might take the other one, and its good answer would look like a bad one. Throws `BAD_REQUEST`.
 */
export function checkProtocol({ headers, rawHeaders }: IncomingMessage): void {
  const { upgrade = '' } = headers;
  if (!oneProtocol.test(upgrade)) throw badRequest('BAD_REQUEST', 'The header Upgrade must name one protocol.');
  if (!webSocket.test(upgrade)) return;
  const [key, ...otherKeys] = valuesOf(rawHeaders, 'sec-websocket-key');
  const isGood =
    upgrade.length === 'websocket'.length &&
    webSocketKey.test(key ?? '') &&
    otherKeys.length === 0 &&
    valuesOf(rawHeaders, 'sec-websocket-version').length === 1 &&
    !rawHeaders.some((text, index) => index % 2 === 0 && disguised.test(text));
  if (!isGood)
    throw badRequest('BAD_REQUEST', 'A WebSocket needs one Sec-WebSocket-Key and one Sec-WebSocket-Version.');
}

const valuesOf = (rawHeaders: readonly string[], name: string): string[] =>
  rawHeaders.filter((_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
