import { connect } from 'node:net';
import type { ParsedJson } from '../../src/testing/index.ts';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; of repeated headers, the last one. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  /** The parsed JSON body; undefined without a body. */
  readonly body: ParsedJson;
}

export interface RawOptions {
  /** Ends the client's side of the connection after the last byte, like a client that gives up. */
  end?: boolean;
}

/**
 * Writes exactly these bytes to a socket and reads until the server closes the connection: for requests that no client
 * library would send. Without `Connection: close` the answer ends only with the server's timeout. Text is written as
 * latin1, one byte per character.
 */
export async function rawRequest(
  port: number,
  request: string | Buffer,
  { end = false }: RawOptions = {},
): Promise<RawAnswer> {
  const bytes = typeof request === 'string' ? Buffer.from(request, 'latin1') : request;
  return parse(await exchange(port, bytes, end));
}

/** Builds a request from its first line, header lines and body; adds `Host` and `Connection: close`. */
export function requestText(line: string, headers: readonly string[] = [], body = ''): string {
  return [`${line} HTTP/1.1`, 'Host: gateway.test', 'Connection: close', ...headers, '', body].join('\r\n');
}

function exchange(port: number, bytes: Buffer, end: boolean): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      if (end) socket.end(bytes);
      else socket.write(bytes);
    });
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A server that answers before it has read the whole request resets the connection; its answer counts.
    socket.on('error', (error) => (chunks.length > 0 ? resolve(Buffer.concat(chunks)) : reject(error)));
    socket.on('close', () => resolve(Buffer.concat(chunks)));
  });
}

function parse(answer: Buffer): RawAnswer {
  // Interim `100 Continue` responses are skipped.
  const text = answer.toString('utf8').replace(/^(?:HTTP\/1\.1 1\d\d [^\r]*\r\n\r\n)+/, '');
  const split = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, split).split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const rest = split === -1 ? '' : text.slice(split + 4);
  const body = headers.get('transfer-encoding') === 'chunked' ? dechunked(rest) : rest;
  const isJson = (headers.get('content-type') ?? '').startsWith('application/json') && body !== '';
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    text: body,
    body: isJson ? JSON.parse(body) : undefined,
  };
}

function dechunked(text: string): string {
  let rest = text;
  let body = '';
  for (;;) {
    const size = Number.parseInt(rest, 16);
    if (!size) return body;
    const from = rest.indexOf('\r\n') + 2;
    body += rest.slice(from, from + size);
    rest = rest.slice(from + size + 2);
  }
}
