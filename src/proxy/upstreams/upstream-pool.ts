import { isIP } from 'node:net';
import { buildConnector, Pool } from '../../packages/undici.ts';
import type { RemoteTargetSettings } from '../../target-definition.ts';
import { readBeforeFailing, reportResets } from './upstream-socket.ts';

const maxConnections = 1024;
const maxHeadBytes = 32 * 1024;
/** Shorter than the keep-alive timeout of common servers, so that few requests meet a connection that is closing. */
const keepAliveMs = 4000;

/**
 * Creates the connection pool of an upstream. Certificates are checked against the upstream's own name, independent of
 * a call's `Host`.
 */
export function createUpstreamPool(origin: string, { timeouts, tls }: Pick<RemoteTargetSettings, 'timeouts' | 'tls'>) {
  const connect = buildConnector({ allowH2: false, timeout: timeouts.connectMs, rejectUnauthorized: true, ...tls });
  const { hostname } = new URL(origin);
  const servername = isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? hostname : '';
  return new Pool(origin, {
    connections: maxConnections,
    pipelining: 1,
    allowH2: false,
    connect: (options, callback) =>
      connect({ ...options, servername }, (...result) => {
        const [, socket] = result;
        if (socket) {
          readBeforeFailing(socket);
          reportResets(socket);
        }
        callback(...result);
      }),
    keepAliveTimeout: keepAliveMs,
    maxHeaderSize: maxHeadBytes,
    // `Exchange` has timers of its own, which are exact and start when the request has been sent.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
