import type { Socket } from 'node:net';
import { originRefused, upstreamUnreachable } from '../../errors.ts';
import type { Call, UpgradeMatch, UpgradeRequest } from '../../gateway/call/target.ts';
import type { RemoteTargetSettings } from '../../target-definition.ts';
import { ClientGone } from '../forwarding/exchange.ts';
import type { Upstream, Upstreams } from '../upstreams/upstreams.ts';
import { createHandOver, type UpgradeAnswer } from './hand-over.ts';

export interface UpgradeParts {
  readonly settings: Pick<RemoteTargetSettings, 'timeouts' | 'tls' | 'websocket'>;
  readonly upstreams: Upstreams;
  readonly rewrite: (path: string) => string;
  readonly headersFor: (call: Call, upstreamHost: string) => string[];
}

/** An upgrade in progress. `isConnected`: an upstream may have seen some of it. */
interface Upgrade {
  readonly call: Call;
  readonly request: UpgradeRequest;
  readonly path: string;
  isConnected: boolean;
}

/** Forwards upgrades to a target's upstreams; undefined if the target does not enable them. */
export function createUpgradeMatch({ settings, upstreams, ...parts }: UpgradeParts): UpgradeMatch | undefined {
  const { timeouts, websocket } = settings;
  if (!websocket.enabled) return undefined;
  const handOver = createHandOver();

  async function attempt(upgrade: Upgrade, upstream: Upstream): Promise<UpgradeAnswer> {
    const { call, request, path } = upgrade;
    const release = pendingAt(upstream);
    const startedAt = performance.now();
    try {
      const headers = withUpgrade(parts.headersFor(call, upstream.host), call, request);
      const backend = await connectTo(upstream, call);
      upgrade.isConnected = true;
      const answer = await handOver({ call, request, backend, path, headers, timeouts });
      call.upstreamMs = performance.now() - startedAt;
      call.onClosed(release);
      return answer;
    } catch (error) {
      release();
      throw error;
    }
  }

  return {
    tokenFrom: websocket.tokenFrom,
    async connect(call, request) {
      const { origin } = call.req.headers;
      if (origin !== undefined && !websocket.origins.includes(origin)) throw originRefused('origin of the WebSocket');
      const path = parts.rewrite(call.path) + request.search;
      const upgrade: Upgrade = { call, request, path, isConnected: false };
      const { tunnel } = await upstreams.send(
        (upstream) => attempt(upgrade, upstream),
        (error) => !upgrade.isConnected && !(error instanceof ClientGone),
      );
      return tunnel;
    },
  };
}

/** Rejects with `UPSTREAM_UNREACHABLE`, or with `CLIENT_GONE` if the client has left meanwhile. */
async function connectTo({ pool }: Upstream, call: Call): Promise<Socket> {
  const backend = await pool.connect().catch((error: NodeJS.ErrnoException) => {
    throw upstreamUnreachable(error.code ?? error.name);
  });
  if (!call.res.closed) return backend;
  backend.destroy();
  throw new ClientGone();
}

/** Counts a call in flight until it is released; a tunnel is released at its end. */
function pendingAt(upstream: Upstream): () => void {
  upstream.pending += 1;
  return () => {
    upstream.pending -= 1;
  };
}

function withUpgrade(headers: readonly string[], { req }: Call, { protocols }: UpgradeRequest): string[] {
  const result: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    if (protocols && name.toLowerCase() === 'sec-websocket-protocol') continue;
    result.push(name, headers[index + 1] as string);
  }
  if (protocols && protocols.length > 0) result.push('Sec-WebSocket-Protocol', protocols.join(', '));
  result.push('Connection', 'Upgrade', 'Upgrade', req.headers.upgrade as string);
  return result;
}
