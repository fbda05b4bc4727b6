import type { Agent, IncomingMessage } from 'node:http';
import type { createProxyMiddleware, RequestHandler } from 'http-proxy-middleware';
import { upstreamUnreachable } from '../../errors.ts';
import type { Tunnel } from '../../gateway/call/target.ts';
import { http } from '../../packages/node-http.ts';
import { ClientGone } from '../forwarding/exchange.ts';
import { Handshake, type HandshakeParts } from './handshake.ts';

type Handover = Omit<HandshakeParts, 'onAnswer' | 'onFailure'>;

export interface UpgradeAnswer {
  readonly status: number;
  /** Undefined unless the status is 101. */
  readonly tunnel: Tunnel | undefined;
}

/**
 * Hands upgrades over to http-proxy-middleware, which talks to the backend, writes the 101 and pipes the bytes. Rejects
 * with the `ApiError` that the client is to get.
 */
export function createHandOver(): (handover: Handover) => Promise<UpgradeAnswer> {
  // Loading takes a third of a second, and most gateways never need the library.
  const library = import('http-proxy-middleware');
  library.catch(() => undefined);
  const waiting = new WeakMap<IncomingMessage, Handshake>();
  const agents = new WeakMap<IncomingMessage, Agent>();
  let middleware: RequestHandler | undefined;

  return async (handover) => {
    middleware ??= create((await library).createProxyMiddleware, waiting, agents);
    const { upgrade } = middleware;
    const { call, request, backend } = handover;
    const asked = askFor(request.socket);
    agents.set(asked, agentOf(backend));
    let handshake: Handshake | undefined;
    call.onClosed(() => handshake?.fail(new ClientGone()));
    try {
      return await new Promise<UpgradeAnswer>((resolve, reject) => {
        const onAnswer: HandshakeParts['onAnswer'] = (status, tunnel) => resolve({ status, tunnel });
        handshake = new Handshake({ ...handover, onAnswer, onFailure: reject });
        waiting.set(asked, handshake);
        if (request.socket.destroyed) handshake.fail(new ClientGone());
        else if (backend.destroyed) handshake.fail(upstreamUnreachable('closed before the handshake'));
        // A copy, because a slice would keep the larger buffer in memory as long as the connection.
        else upgrade(asked, request.socket, Buffer.from(request.head));
      });
    } finally {
      handshake = undefined;
      waiting.delete(asked);
    }
  };
}

/** `ws: true` is not used: the library would then listen to the server itself and forward unauthenticated upgrades. */
function create(
  createMiddleware: typeof createProxyMiddleware,
  waiting: WeakMap<IncomingMessage, Handshake>,
  agents: WeakMap<IncomingMessage, Agent>,
): RequestHandler {
  return createMiddleware({
    // The connection is already open, with TLS where the origin asks for it.
    router: (asked, _res, options) => {
      const agent = agents.get(asked);
      if (agent) options.agent = agent;
      return 'http://backend';
    },
    // The library's default plugins log URLs, which may contain secrets.
    ejectPlugins: true,
    plugins: [
      (proxy) => {
        proxy.on('proxyReqWs', (outgoing, asked) => waiting.get(asked)?.begin(outgoing));
        // Errors of the backend reach the handshake first, so the client is the one that failed here.
        proxy.on('error', (_error, asked) => waiting.get(asked as IncomingMessage)?.fail(new ClientGone()));
      },
    ],
  });
}

/** The minimal request that the library accepts as an upgrade. `Handshake.begin` replaces it with the real one. */
function askFor(socket: HandshakeParts['request']['socket']): IncomingMessage {
  const asked = new http.IncomingMessage(socket);
  asked.method = 'GET';
  asked.url = '/';
  asked.headers = { connection: 'upgrade', upgrade: 'websocket' };
  return asked;
}

/** An agent that always returns the given open connection. */
function agentOf(connection: HandshakeParts['backend']): Agent {
  const agent = new http.Agent();
  agent.createConnection = () => connection;
  return agent;
}
