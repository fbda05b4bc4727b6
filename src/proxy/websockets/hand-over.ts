import { Agent, IncomingMessage } from 'node:http';
import type { createProxyMiddleware, RequestHandler } from 'http-proxy-middleware';
import { upstreamUnreachable } from '../../errors.ts';
import type { Tunnel } from '../../gateway/call/target.ts';
import { ClientGone } from '../forwarding/exchange.ts';
import { Handshake, type HandshakeParts } from './handshake.ts';

type Handover = Omit<HandshakeParts, 'onAnswer' | 'onFailure'>;

export interface UpgradeAnswer {
  readonly status: number;
  /** Undefined unless the status is 101. */
  readonly tunnel: Tunnel | undefined;
}

/**
 * Hands upgrades over to http-proxy-middleware: it speaks to the backend, writes the 101 and pipes the bytes. Rejects with the
 * `ApiError` that the client has got.
 */
export function createHandOver(): (handover: Handover) => Promise<UpgradeAnswer> {
  // It takes a third of a second to load, and most gateways never need it.
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
        else if (backend.destroyed) handshake.fail(upstreamUnreachable('gone at once'));
        // The rest of a larger buffer must not stay in memory as long as the connection.
        else upgrade(asked, request.socket, Buffer.from(request.head));
      });
    } finally {
      handshake = undefined;
      waiting.delete(asked);
    }
  };
}

/** Never `ws: true`, which would listen to the server by itself and pass on what nobody has authenticated. */
function create(
  createMiddleware: typeof createProxyMiddleware,
  waiting: WeakMap<IncomingMessage, Handshake>,
  agents: WeakMap<IncomingMessage, Agent>,
): RequestHandler {
  return createMiddleware({
    // The connection is there already, with TLS if need be.
    router: (asked, _res, options) => {
      const agent = agents.get(asked);
      if (agent) options.agent = agent;
      return 'http://backend';
    },
    // Its own plugins would write URLs, and with them secrets, to a log.
    ejectPlugins: true,
    plugins: [
      (proxy) => {
        proxy.on('proxyReqWs', (outgoing, asked) => waiting.get(asked)?.begin(outgoing));
        // What is wrong with the backend, the handshake knows first.
        proxy.on('error', (_error, asked) => waiting.get(asked as IncomingMessage)?.fail(new ClientGone()));
      },
    ],
  });
}

/** The least that the library takes for an upgrade. What is really asked for comes with the handshake. */
function askFor(socket: HandshakeParts['request']['socket']): IncomingMessage {
  const asked = new IncomingMessage(socket);
  asked.method = 'GET';
  asked.url = '/';
  asked.headers = { connection: 'upgrade', upgrade: 'websocket' };
  return asked;
}

/** Gives a connection that is there to whoever asks for one. */
function agentOf(connection: HandshakeParts['backend']): Agent {
  const agent = new Agent();
  agent.createConnection = () => connection;
  return agent;
}
