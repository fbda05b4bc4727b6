import { isIP } from 'node:net';
import { buildConnector, Pool } from '../../packages/undici.ts';
import type { RemoteTargetSettings } from '../../target-definition.ts';
import { readBeforeFailing, reportResets } from './upstream-socket.ts';

const maxConnections = 1024;
const maxHeadBytes = 32 * 1024;
/** Shorter than what servers keep theirs, so that few requests meet a connection that is just being closed. */
const keepAliveMs = 4000;

/** The connections to an upstream. Certificates are checked against its own name, whatever `Host` a call carries. */
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
    // Ours are exact, and begin when the request has been sent.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
