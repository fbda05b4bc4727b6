import { createConnections } from '../../src/dispatcher/sending/connections.ts';
import { createConnector } from '../../src/dispatcher/sending/connector.ts';
import { createGuard } from '../../src/dispatcher/sending/guard.ts';
import { createNameResolver, type NameResolver } from '../../src/dispatcher/sending/name-resolver.ts';
import { createSender, type Sendable, type Sender } from '../../src/dispatcher/sending/sender.ts';

export interface SendingOptions {
  connectTimeoutMs?: number;
  readTimeoutMs?: number;
  allowedNetworks?: readonly string[];
  ownPorts?: readonly number[];
  names?: NameResolver;
  now?: () => number;
}

/** A timeout that no attempt reaches, also on a busy machine, for tests with another subject. */
const unreachedMs = 60_000;

/** A sender like the dispatcher's, with long timeouts, that may send to this machine. */
export function createTestSender(options: SendingOptions = {}): Sender {
  const guard = createGuard({
    allowedNetworks: options.allowedNetworks ?? ['127.0.0.0/8', '::1/128'],
    ownPorts: () => options.ownPorts ?? [],
  });
  const names = options.names ?? createNameResolver();
  const connector = createConnector({ guard, names, timeoutMs: options.connectTimeoutMs ?? unreachedMs });
  return createSender({
    connections: createConnections(connector, options.now),
    readTimeoutMs: options.readTimeoutMs ?? unreachedMs,
  });
}

/** A POST as the dispatcher would make it, reduced to the fields that affect sending. */
export function post(url: string, body = '{"a":1}'): Sendable {
  const { origin, pathname, search } = new URL(url);
  return {
    address: { origin, path: pathname + search },
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(body),
  };
}
