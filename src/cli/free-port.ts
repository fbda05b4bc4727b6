import { once } from 'node:events';
import { createServer } from 'node:net';

/** Rejects with the system's error if no server could listen there. */
export async function requireFreePort(host: string, port: number): Promise<void> {
  if (port === 0) return;
  const probe = createServer((socket) => socket.destroy()).listen({ port, host, exclusive: true });
  await once(probe, 'listening');
  await new Promise((resolve) => probe.close(resolve));
}
