import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setImmediate as socketsRead } from 'node:timers/promises';
import { settledWithin } from '../../answered-within.ts';

/** Upper bound, at shutdown, of accepting the connections that clients have already opened. */
const takeWaitingMs = 2000;
/**
 * Delay between closing the listener and telling clients to disconnect, where processes share the port. They are
 * usually stopped together: a client sent away too early reconnects to another process just as that one closes its
 * listener, which resets the connection.
 */
const othersCloseMs = 500;
/** For this long into a shutdown, idle connections stay open and requests on them are answered. */
const idleGraceMs = 300;
const pollMs = 50;

/**
 * Stops accepting connections and resolves when the last one is gone; after `timeoutMs`, the remaining ones are destroyed.
 * `refuse` is called once, when clients are to be told to disconnect. `cutOff` destroys connections that have left the server.
 */
export async function stopServer(
  server: Server,
  parts: { timeoutMs: number; sharesPort: boolean; refuse: () => void; cutOff: () => void },
): Promise<void> {
  const { timeoutMs, sharesPort, refuse, cutOff } = parts;
  const deadline = performance.now() + timeoutMs;
  await takeWaiting(server, Math.min(takeWaitingMs, timeoutMs / 2));
  let isOpen = true;
  const done = closeListener(server).then(() => {
    isOpen = false;
  });
  if (sharesPort) await settledWithin(Math.min(othersCloseMs, timeoutMs / 4), done);
  refuse();
  const idleFrom = performance.now() + Math.min(idleGraceMs, timeoutMs / 2);
  while (isOpen && performance.now() < deadline) {
    const mayCloseIdle = performance.now() >= idleFrom;
    // After a busy phase timers run before sockets are read: without this, connections with input would look idle.
    await socketsRead();
    if (mayCloseIdle) server.closeIdleConnections();
    await settledWithin(pollMs, done);
  }
  server.closeAllConnections();
  cutOff();
  await done;
}

/**
 * Clients may have connected, and sent a request, before the server accepts them: one connection is accepted per turn
 * of the event loop, and closing the listener resets the pending ones. Resolves when no connection has arrived for two
 * turns.
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
 * Stops accepting connections. `http.Server.close` would also close idle ones at once, although requests may be on
 * their way; such requests get a moment to arrive and are answered with `Connection: close`.
 */
function closeListener(server: Server): Promise<void> {
  return new Promise((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  });
}
