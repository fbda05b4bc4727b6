import type { Socket } from 'node:net';
import { upstreamUnreachable } from '../../errors.ts';
import type { Call } from '../../gateway/call/target.ts';
import { buildConnector } from '../../packages/undici.ts';
import type { RemoteTargetSettings } from '../../target-definition.ts';
import { ClientGone } from '../forwarding/exchange.ts';

/**
 * Opens a separate connection to an upstream, with TLS for an https origin. Rejects with `UPSTREAM_UNREACHABLE`, or
 * with `CLIENT_GONE` if the client has left meanwhile.
 */
export function createConnectUpstream({ timeouts, tls }: Pick<RemoteTargetSettings, 'timeouts' | 'tls'>) {
  const connect = buildConnector({ allowH2: false, timeout: timeouts.connectMs, rejectUnauthorized: true, ...tls });
  return (origin: string, call: Call): Promise<Socket> => {
    const { hostname, host, protocol, port } = new URL(origin);
    // URLs write IPv6 addresses in brackets, sockets without.
    const address = hostname.replace(/^\[|\]$/g, '');
    return new Promise((resolve, reject) => {
      connect({ hostname: address, host, protocol, port }, (error, socket) => {
        if (error) {
          reject(upstreamUnreachable((error as NodeJS.ErrnoException).code ?? error.name));
        } else if (call.res.closed) {
          socket.destroy();
          reject(new ClientGone());
        } else resolve(socket);
      });
    });
  };
}
