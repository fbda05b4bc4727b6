import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

/** A plain HTTP server behind the gateway, which answers as a test says. */
export interface Backend {
  readonly url: string;
  readonly port: number;
  /** The requests that have arrived, oldest first. */
  readonly requests: IncomingMessage[];
  readonly server: Server;
  /** Replaces what it answers with. */
  answer(listener: RequestListener): void;
  /** How many connections are open now. */
  connections(): Promise<number>;
  /** Cuts all connections and listens no longer. */
  close(): Promise<void>;
}

/** Answers 200 with the method and path until told otherwise. `port` 0 is any free one. */
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
