import type { IncomingMessage } from 'node:http';

/**
 * Whether a request is a preflight of a browser: it asks for permission, carries no body, and has no effect. Any other
 * OPTIONS request is an ordinary one.
 */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  if (method !== 'OPTIONS' || headers.origin === undefined) return false;
  if (headers['access-control-request-method'] === undefined) return false;
  return headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0';
}

const token = /^[\w!#$%&'*+.^`|~-]{1,128}$/;
const maxNames = 100;

/** Names of the request headers that a page wants to send, as it spells them; at most 100, malformed ones left out. */
export const askedHeaders = ({ headers }: IncomingMessage): string[] =>
  String(headers['access-control-request-headers'] ?? '')
    .split(',', maxNames)
    .map((name) => name.trim())
    .filter((name) => token.test(name));

/** The method that a page wants to use; undefined if it is malformed. */
export function askedMethod({ headers }: IncomingMessage): string | undefined {
  const method = String(headers['access-control-request-method']);
  return token.test(method) ? method : undefined;
}
