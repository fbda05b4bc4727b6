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

/** A sender like the dispatcher's, with short timeouts, that may send to this machine. */
export function createTestSender(options: SendingOptions = {}): Sender {
  const guard = createGuard({
    allowedNetworks: options.allowedNetworks ?? ['127.0.0.0/8', '::1/128'],
    ownPorts: () => options.ownPorts ?? [],
  });
  const names = options.names ?? createNameResolver();
  const connector = createConnector({ guard, names, timeoutMs: options.connectTimeoutMs ?? 1000 });
  return createSender({
    connections: createConnections(connector, options.now),
    readTimeoutMs: options.readTimeoutMs ?? 1000,
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
