import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry as RegistryType } from 'prom-client';
import { Registry } from './prometheus.ts';

export interface MetricsServer {
  listen(port: number, host: string): Promise<AddressInfo>;
  close(): Promise<void>;
}

export const createMetricsRegistry = (): RegistryType => new Registry();

/** Serves `/metrics` for Prometheus, on a port of its own that is not for callers. */
export function createMetricsServer(registry: RegistryType): MetricsServer {
  const server = createServer((req, res) => {
    if (req.url !== '/metrics' || req.method !== 'GET') {
      res.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => res.writeHead(200, { 'Content-Type': registry.contentType }).end(text),
      // A gauge that asks the database cannot be read while that is away.
      () => res.writeHead(503).end(),
    );
  });
  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          resolve(server.address() as AddressInfo);
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
