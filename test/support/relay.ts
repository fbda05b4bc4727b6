import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP relay to a port of this machine. A connection that ends on one side also ends on the other. */
export interface Relay {
  readonly port: number;
  /** Number of accepted connections. */
  readonly accepted: number;
  /**
   * Drops all bytes on the open connections without telling either side; new connections work. Returns a function that
   * ends the silent ones.
   */
  silence(): () => void;
  close(): void;
}

/** `own`: the port of the relay itself; 0 for a free one. */
export async function createRelay(port: number, own = 0): Promise<Relay> {
  const open = new Set<Socket>();
  const silent = new Set<Socket>();
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
      from.on('error', () => undefined);
      // Without this, a server would keep the transactions and locks of a killed process.
      from.on('close', () => open.delete(from) && to.destroy());
    }
  }).listen(own, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return accepted;
    },
    silence: () => {
      const silenced = [...open];
      open.clear();
      for (const socket of silenced) silent.add(socket);
      return () => {
        for (const socket of silenced) socket.destroy();
      };
    },
    close: () => {
      server.close();
      for (const socket of [...open, ...silent]) socket.destroy();
    },
  };
}
