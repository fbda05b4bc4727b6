import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

/** A plain HTTP server behind the gateway, with answers chosen by the test. */
export interface Backend {
  readonly url: string;
  readonly port: number;
  /** The received requests, oldest first. */
  readonly requests: IncomingMessage[];
  readonly server: Server;
  /** Replaces the listener that answers requests. */
  answer(listener: RequestListener): void;
  /** The number of open connections. */
  connections(): Promise<number>;
  /** Destroys all connections and stops listening. */
  close(): Promise<void>;
}

/** Answers 200 with the method and path until `answer` is called. `port` 0 chooses a free port. */
export async function createBackend(port = 0): Promise<Backend> {
  const requests: IncomingMessage[] = [];
  const usual: RequestListener = (req, res) => void res.end(`${req.method} ${req.url}`);
  let listener = usual;
  const server = createServer((req, res) => {
    requests.push(req);
    listener(req, res);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    requests,
    server,
    answer: (next) => {
      listener = next;
    },
    connections: () => promisify(server.getConnections.bind(server))(),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
