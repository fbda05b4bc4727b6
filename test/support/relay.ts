import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP relay to a port of this machine. */
export interface Relay {
  readonly port: number;
  /** Number of accepted connections. */
  readonly accepted: number;
  /** Drops all bytes on the open connections without telling either side; new connections work. */
  silence(): void;
  close(): void;
}

export async function createRelay(port: number): Promise<Relay> {
  const open = new Set<Socket>();
  let accepted = 0;
  const server = createServer((client) => {
    accepted += 1;
    const upstream = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(from);
      from.on('data', (data) => open.has(from) && to.write(data));
      from.on('end', () => open.has(from) && to.end());
      from.on('error', () => undefined);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return accepted;
    },
    silence: () => open.clear(),
    close: () => {
      server.close();
    },
  };
}
