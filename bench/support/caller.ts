import { connect } from 'node:net';

/** A kept connection that carries one request at a time. */
export interface Caller {
  /** Sends the bytes of a request and resolves to the status of the response. */
  call(request: Buffer): Promise<number>;
  end(): void;
}

const endOfHead = '\r\n\r\n';
const statusAt = 'HTTP/1.1 '.length;

/**
 * A minimal client, because it shares the machine with the measured server: it parses only the status and the end of a
 * response, by `Content-Length` alone. Calls reject when the connection ends.
 */
export function connectCaller(url: string): Caller {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let text = '';
  let waiting: PromiseWithResolvers<number> | undefined;

  socket.setEncoding('latin1');
  socket.on('data', (part: string) => {
    text += part;
    const head = text.indexOf(endOfHead);
    if (head === -1) return;
    const length = /\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1];
    if (length === undefined) socket.destroy(new Error(`A response without Content-Length: ${text.slice(0, head)}`));
    else if (text.length >= head + endOfHead.length + Number(length)) settle();
  });
  socket.on('error', (error) => waiting?.reject(error));
  socket.on('close', () => waiting?.reject(new Error('The connection was closed.')));

  function settle(): void {
    const status = Number(text.slice(statusAt, statusAt + 3));
    text = '';
    waiting?.resolve(status);
  }

  return {
    call: (request) => {
      waiting = Promise.withResolvers<number>();
      socket.write(request);
      return waiting.promise;
    },
    end: () => void socket.end(),
  };
}

/** The bytes of a request with a JSON body. */
export function toPost(url: string, headers: Readonly<Record<string, string>>, body: string): Buffer {
  const { host, pathname, search } = new URL(url);
  const all = {
    Host: host,
    ...headers,
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}
