import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export const webSocketKey = 'dGhlIHNhbXBsZSBub25jZQ==';
const accept = createHash('sha1').update(`${webSocketKey}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
export const webSocketAccept = `Sec-WebSocket-Accept: ${accept}`;

/** The head of an answer that switches protocols. */
export const switching = (...lines: string[]): string =>
  ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', ...lines, '', ''].join('\r\n');

export const switchToWebSocket = switching('Upgrade: websocket', webSocketAccept);

/** Requests an upgrade over a plain socket; resolves after the head of the 101, with the following bytes unread. */
export function openTunnel(port: number, path: string, protocol: string): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\nSec-WebSocket-Key: ${webSocketKey}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end === -1) return;
      socket.off('data', onData).pause();
      if (end + 4 < head.length) socket.unshift(head.subarray(end + 4));
      if (head.toString('latin1').startsWith('HTTP/1.1 101 ')) resolve(socket);
      else reject(new Error(head.toString('latin1', 0, end)));
    };
    socket.on('data', onData);
    socket.once('close', () => reject(new Error('closed without an answer')));
  });
}
