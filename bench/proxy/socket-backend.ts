// A backend for idle WebSockets: it accepts every upgrade and responds to `ping` with `ping`.
import { createHash } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { frameBytes, pingAnswer } from './socket-frames.ts';

const acceptance = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const endOfHead = '\r\n\r\n';

function serve(socket: Socket): void {
  let head = '';
  const readHead = (chunk: Buffer): void => {
    head += chunk.toString('latin1');
    if (!head.includes(endOfHead)) return;
    const key = /\nsec-websocket-key: (\S+)/i.exec(head)?.[1] ?? '';
    const accept = createHash('sha1').update(`${key}${acceptance}`).digest('base64');
    head = '';
    socket.off('data', readHead);
    let size = 0;
    socket.on('data', (part: Buffer) => {
      for (size += part.length; size >= frameBytes; size -= frameBytes) socket.write(pingAnswer);
    });
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
  };
  socket.on('error', () => socket.destroy());
  socket.on('data', readHead);
}

const server = createServer({ noDelay: true }, serve);
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => {
  process.stdout.write(`sockets listens on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
