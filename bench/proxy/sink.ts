// A backend that discards request bodies, which have a Content-Length; at `/silent` it never responds.
import { type AddressInfo, createServer, type Socket } from 'node:net';

const answer = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok';
const endOfHead = '\r\n\r\n';

function serve(socket: Socket): void {
  let head = '';
  let left = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    if (left > 0) {
      take(chunk.length);
      return;
    }
    head += chunk.toString('latin1');
    const end = head.indexOf(endOfHead);
    if (end === -1 || head.includes('/silent')) return;
    const arrived = head.length - end - endOfHead.length;
    left = Number(/\ncontent-length: (\d+)/i.exec(head.slice(0, end))?.[1] ?? '0');
    head = '';
    take(arrived);
  });

  function take(size: number): void {
    left -= size;
    if (left === 0) socket.write(answer);
  }
}

const server = createServer({ noDelay: true }, serve);
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => {
  process.stdout.write(`sink listens on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
