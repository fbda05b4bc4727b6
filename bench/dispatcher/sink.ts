// Responds 200 to POSTs with as little work as possible; reports when each of the wanted counts is reached, and the time
// since the call that caused each POST, if its body tells the moment of that call. With `SINK_TLS` it speaks TLS, and closes each
// connection after its first response.
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { selfSigned } from '../../test/support/certificate.ts';
import { monotonicMs } from '../support/contestant.ts';
import { sentAtMember } from './runner.ts';

const isTls = process.env.SINK_TLS !== undefined;
const reply = Buffer.from(`HTTP/1.1 200 OK\r\n${isTls ? 'Connection: close\r\n' : ''}Content-Length: 2\r\n\r\nok`);
let wanted: readonly number[] = [];
let count = 0;
let lags: number[] = [];
/** The times are sent when there are this many. */
let awaited = Number.POSITIVE_INFINITY;

/** Counts the complete requests in the bytes of one connection; bodies have a Content-Length. */
function createCounter(): (chunk: Buffer) => number {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let requests = 0;
    for (;;) {
      const end = rest.indexOf('\r\n\r\n');
      if (end === -1) return requests;
      const length = /content-length: (\d+)/i.exec(rest.toString('latin1', 0, end))?.[1] ?? '0';
      const size = end + 4 + Number(length);
      if (rest.length < size) return requests;
      noteLag(rest.subarray(end, size));
      rest = rest.subarray(size);
      requests += 1;
    }
  };
}

function noteLag(body: Buffer): void {
  const at = body.indexOf(sentAtMember);
  if (at !== -1) lags.push(monotonicMs() - Number.parseFloat(body.toString('latin1', at + sentAtMember.length)));
}

function onConnection(socket: Socket): void {
  const requestsIn = createCounter();
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    for (let left = requestsIn(chunk); left > 0; left -= 1) {
      socket.write(reply);
      count += 1;
      if (wanted.includes(count)) process.send?.({ reached: count });
    }
    sendLags();
    if (isTls) socket.end();
  });
}

function sendLags(): void {
  if (lags.length < awaited) return;
  awaited = Number.POSITIVE_INFINITY;
  process.send?.({ lags });
}

process.on('message', (message: { wanted: number[] } | { do: 'lags'; count: number }) => {
  if ('do' in message) {
    awaited = message.count;
    sendLags();
    return;
  }
  wanted = message.wanted;
  count = 0;
  lags = [];
});
const server = isTls ? createTlsServer(selfSigned, onConnection) : createServer(onConnection);
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }));
process.on('disconnect', () => process.exit());
