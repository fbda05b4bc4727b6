import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { createHostileAnswer } from './hostile-answers.ts';

export interface HostileBackend {
  readonly url: string;
  close(): Promise<void>;
}

/** Paths end with the number of the request, which selects the answer. */
const numberIn = /^\S+ \S*\/(\d+) HTTP/;
const headEnd = '\r\n\r\n';
const heldBytes = 64 * 1024;

/** A backend that breaks HTTP in every way, as the seed says. A path without a number gets a proper answer. */
export async function startHostileBackend(seed: number): Promise<HostileBackend> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay().on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(socket, seed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function serve(socket: Socket, seed: number): void {
  let received = '';
  let isAnswering = false;
  socket.on('data', (chunk) => {
    received = (received + chunk.toString('latin1')).slice(-heldBytes);
    const end = received.indexOf(headEnd);
    if (end === -1 || isAnswering) return;
    const head = received.slice(0, end);
    received = '';
    isAnswering = true;
    void answer(socket, seed, head).finally(() => {
      isAnswering = false;
    });
  });
}

async function answer(socket: Socket, seed: number, head: string): Promise<void> {
  const number = numberIn.exec(head)?.[1];
  if (number === undefined) {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfine');
    return;
  }
  const { waits, pieces, gapMs, ending } = createHostileAnswer(seed, Number(number));
  if (waits) await pause(2);
  for (const piece of pieces) {
    if (!socket.writable) return;
    socket.write(piece);
    await (gapMs === 0 ? turn() : pause(gapMs));
  }
  if (ending === 'end') socket.end();
  if (ending === 'reset') socket.resetAndDestroy();
}
