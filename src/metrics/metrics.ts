import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Registry as RegistryType } from 'prom-client';
import type { Config } from '../config.ts';
import { StartError } from '../errors.ts';
import { http } from '../packages/node-http.ts';
import { Registry } from '../packages/prometheus.ts';

/** A registry, or the collected metrics of several processes. */
export type MetricsSource = Pick<RegistryType, 'contentType' | 'metrics'>;

export const createMetricsRegistry = (): RegistryType => new Registry();

/**
 * Serves `/metrics` for Prometheus on a separate port, away from callers; port 0 disables it. Resolves to a function
 * that stops the server. Throws `StartError` if the port is not available.
 */
export async function serveMetrics(
  { METRICS_HOST, METRICS_PORT }: Pick<Config, 'METRICS_HOST' | 'METRICS_PORT'>,
  source: MetricsSource,
): Promise<() => Promise<void>> {
  if (METRICS_PORT === 0) return async () => undefined;
  const server = createMetricsServer(source).listen(METRICS_PORT, METRICS_HOST);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw notServed(`${METRICS_HOST}:${METRICS_PORT}`, error);
  }
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}

/** The error for the operator when no server can listen on `place`. */
export const notServed = (place: string, error: unknown): StartError =>
  new StartError(
    `Metrics cannot be served on ${place} (${(error as NodeJS.ErrnoException).code}). Set another METRICS_PORT, or 0 to disable it.`,
  );

function createMetricsServer(source: MetricsSource): Server {
  return http.createServer((req, res) => {
    if (req.url?.split('?')[0] !== '/metrics' || req.method !== 'GET') {
      res.writeHead(404).end();
      return;
    }
    source.metrics().then(
      (text) => res.writeHead(200, { 'Content-Type': source.contentType }).end(text),
      // No worker has answered.
      () => res.writeHead(503).end(),
    );
  });
}
