import type { IncomingMessage } from 'node:http';
import { badRequest } from '../../errors.ts';

const httpItself = /^(?:h2c?|http|tls)(?:\/|$)/i;
const oneProtocol = /^[!#$%&'*+.^`|~\w-]+(?:\/[!#$%&'*+.^`|~\w-]+)?$/;
/** With or without a version: some servers ignore the version. */
const webSocket = /^websocket(?:\/|$)/i;
/** 16 bytes in base64. */
const webSocketKey = /^[A-Za-z0-9+/]{22}==$/;
/** Servers that turn headers into variables treat `_` and `-` as the same. */
const disguised = /^(?=[^_]*_)sec[-_]websocket[-_]/i;

/**
 * Whether a request's offer to upgrade is accepted. RFC 9110 7.8 lets a server ignore it: requests of HTTP/1.0,
 * requests with a body, and offers of another form of HTTP (h2c, TLS) are served as plain requests. After such an
 * offer, requests would follow in a protocol that the gateway does not read, and some clients make it with every
 * request.
 */
export function isUpgrade({ headers, httpVersion }: IncomingMessage): boolean {
  const offers = (headers.upgrade ?? '').split(',').map((offer) => offer.trim());
  const hasBody = headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
  return httpVersion === '1.1' && !hasBody && !offers.every((offer) => httpItself.test(offer));
}

/**
 * Requires exactly one protocol: a list could hide HTTP/2. A WebSocket needs exactly one key, because the backend's
 * response is checked against it: of two keys the backend might use the other one, and its valid response would look
 * invalid. Throws `BAD_REQUEST`.
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
    throw badRequest('BAD_REQUEST', 'A WebSocket needs one valid Sec-WebSocket-Key and one Sec-WebSocket-Version.');
}

const valuesOf = (rawHeaders: readonly string[], name: string): string[] =>
  rawHeaders.filter((_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
