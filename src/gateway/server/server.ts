import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep, setImmediate as socketsRead } from 'node:timers/promises';
import { createClientErrors, isQueued, refuseAfter } from './client-errors.ts';
import { createPipelineLimit } from './pipelining.ts';
import { isUpgrade } from './upgrade-protocol.ts';
import { createUpgradedSockets, type UpgradeListener } from './upgraded-sockets.ts';

export interface GatewayServer {
  /** Resolves to the address once connections are accepted. `reusePort`: other processes may listen on the port as well. */
  listen(port: number, host: string, options?: { reusePort: boolean }): Promise<AddressInfo>;
  /**
   * Accepts no new connections, lets requests in flight end and closes WebSockets; after `timeoutMs` what is left is cut off.
   * Resolves when the last connection is gone.
   */
  stop(timeoutMs: number): Promise<void>;
}

const defaultLimits = {
  /** Time for all headers to arrive, and for the whole request. */
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  /** Longer than the 60 s that balancers keep idle connections, so that they are the ones who close them. */
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16 * 1024,
  connectionsCheckingInterval: 2000,
};
const maxConnections = 20_000;
/** Requests of one connection that have no answer yet; a client that sends more is cut off. */
const maxPipelined = 100;

/** Taking in, at the stop, the connections that clients have already made. */
const takeWaitingMs = 2000;
/**
 * Between closing our listener and telling clients to go, where processes share the port. They are mostly stopped together, and
 * a client that we send away too early comes back to the listener of another one just as that is closed, which resets it.
 */
const othersCloseMs = 500;
/** Answers on idle connections during the stop, before the first of them is closed. */
const idleGraceMs = 300;
const pollMs = 50;

export type ServerLimits = typeof defaultLimits;

/**
 * The HTTP server with its limits; what does not parse gets an answer in the usual format. Without `upgrade`, a request for
 * one is served as if it did not ask.
 */
export function createGatewayServer(
  listener: RequestListener,
  limits: Partial<ServerLimits> = {},
  upgrade?: UpgradeListener,
): GatewayServer {
  let stopping = false;
  let sharesPort = false;
  /** The answer to the newest request of each connection. */
  const latest = new Map<Duplex, ServerResponse>();
  const ended = new WeakSet<Duplex>();
  const isTooMuch = createPipelineLimit(maxPipelined);
  const serve: RequestListener = (req, res) => {
    const { socket } = req;
    if (ended.has(socket)) return;
    if (socket.destroyed || isTooMuch(latest.get(socket), res)) {
      socket.destroy();
      return;
    }
    // Behind an offer to upgrade that is not taken, Node loses what came with it, and would read on in the middle of a request.
    const isLast = req.headers.upgrade !== undefined;
    if (isLast) ended.add(socket);
    if (stopping || isLast) refuseMore(res);
    if (!latest.has(socket)) socket.once('close', () => latest.delete(socket));
    latest.set(socket, res);
    listener(req, res);
  };
  // Node would refuse a request without Host, and one that expects what we do not know, with an empty answer.
  const { requestTimeout, ...options } = { ...defaultLimits, ...limits };
  const shouldUpgradeCallback = upgrade ? isUpgrade : () => false;
  const server = createServer(
    { ...options, requestTimeout: 0, requireHostHeader: false, shouldUpgradeCallback },
    serve,
  );
  server.on('checkExpectation', serve);
  // Node would say "100 Continue" before anybody has looked at the request.
  server.on('checkContinue', serve);
  const answerClientError = createClientErrors();
  const isLate = createLateness(requestTimeout);
  const isStuck = createStuckness(requestTimeout);
  const checking = setInterval(() => {
    for (const [socket, res] of latest) {
      if (isLate(res)) answerClientError(tooLate, socket, res);
      else if (isStuck(res)) socket.destroy();
    }
  }, options.connectionsCheckingInterval).unref();
  server.maxHeadersCount = 0;
  server.maxConnections = maxConnections;
  server.on('clientError', (error, socket) => answerClientError(error, socket, latest.get(socket)));
  const upgraded = createUpgradedSockets();
  server.on('connect', (_req, socket) => {
    upgraded.track(socket);
    refuseAfter(latest.get(socket), socket, 'METHOD_NOT_ALLOWED', 'This method is not answered.');
  });
  server.on('upgrade', (req, socket, head) => {
    const hold = upgraded.track(socket);
    const before = latest.get(socket);
    if (before && !before.closed)
      refuseAfter(before, socket, 'BAD_REQUEST', 'An upgrade must wait for earlier answers.');
    else upgrade?.(req, socket as Socket, head, hold);
  });

  return {
    listen: (port, host, options) =>
      new Promise((resolve, reject) => {
        sharesPort = options?.reusePort ?? false;
        server.once('error', reject);
        server.listen({ port, host, backlog: 1024, ...options }, () => {
          server.off('error', reject);
          resolve(server.address() as AddressInfo);
        });
      }),
    async stop(timeoutMs) {
      const deadline = performance.now() + timeoutMs;
      await takeWaiting(server, Math.min(takeWaitingMs, timeoutMs / 2));
      let isOpen = true;
      const done = closeListener(server).then(() => {
        isOpen = false;
      });
      if (sharesPort) await Promise.race([done, sleep(Math.min(othersCloseMs, timeoutMs / 4))]);
      stopping = true;
      for (const res of latest.values()) refuseMore(res);
      upgraded.goAway();
      const idleFrom = performance.now() + Math.min(idleGraceMs, timeoutMs / 2);
      while (isOpen && performance.now() < deadline) {
        const mayCloseIdle = performance.now() >= idleFrom;
        // After a busy moment, timers run before sockets are read: a connection is idle only if nothing waits on it.
        await socketsRead();
        if (mayCloseIdle) server.closeIdleConnections();
        await Promise.race([done, sleep(pollMs)]);
      }
      server.closeAllConnections();
      upgraded.cutOff();
      clearInterval(checking);
      await done;
    },
  };
}

/** A request whose body may take as long as it moves: whoever reads it watches over it. */
export interface Unhurried {
  isUnhurried?: boolean;
}

const tooLate = Object.assign(new Error('request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });

/** Node's own limit for whole requests knows no exceptions. The first look at one starts its time. */
function createLateness(limitMs: number): (res: ServerResponse) => boolean {
  const firstSeen = new WeakMap<ServerResponse, number>();
  return (res) => {
    const req: IncomingMessage & Unhurried = res.req;
    if (req.complete || req.isUnhurried || req.socket.destroyed) return false;
    const now = performance.now();
    const since = firstSeen.get(res) ?? now;
    firstSeen.set(res, since);
    return now - since >= limitMs && !isQueued(res);
  };
}

/** An answer that is complete on our side, and of which the client has not taken a byte for so long. */
function createStuckness(limitMs: number): (res: ServerResponse) => boolean {
  const lastMoved = new WeakMap<ServerResponse, { left: number; at: number }>();
  return (res) => {
    if (!res.writableEnded || res.writableFinished) return false;
    const left = res.req.socket.writableLength;
    const last = lastMoved.get(res);
    const now = performance.now();
    if (last?.left === left) return now - last.at >= limitMs;
    lastMoved.set(res, { left, at: now });
    return false;
  };
}

/** Answers with `Connection: close`: a client that goes on using its connection would lose a request when we close it. */
function refuseMore(res: ServerResponse): void {
  res.shouldKeepAlive = false;
}

/**
 * Clients may have connected, and sent a request, before we accept them: one connection is accepted each time round the event
 * loop, and closing the listener resets those that are still waiting. Resolves when none has come for two rounds.
 */
async function takeWaiting(server: Server, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs;
  let quietRounds = 0;
  const onConnection = (): void => {
    quietRounds = -1;
  };
  server.on('connection', onConnection);
  for (; quietRounds < 2 && performance.now() < deadline; quietRounds += 1) await socketsRead();
  server.off('connection', onConnection);
}

/**
 * Stops accepting. `http.Server.close` would also close idle connections at once, with requests on their way to us; those
 * get a moment to arrive and are answered with `Connection: close`.
 */
function closeListener(server: Server): Promise<void> {
  return new Promise((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  });
}
