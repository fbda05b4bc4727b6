import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ApiDocument } from './api-document.ts';
import { checkExchange, type Exchange, type Violation } from './exchange-check.ts';

export interface DocumentProxy {
  readonly url: string;
  /** Number of responses so far. */
  readonly calls: number;
  readonly violations: readonly Violation[];
  close(): Promise<void>;
}

const maxBodyBytes = 16 * 1024 * 1024;

/**
 * Starts an HTTP proxy on a free loopback port that forwards every request to `origin` unchanged and compares request and
 * response with the document. Bodies are held in memory, 16 MiB at most; a longer one breaks the connection off.
 */
export async function startDocumentProxy(origin: URL, document: ApiDocument): Promise<DocumentProxy> {
  const violations: Violation[] = [];
  let calls = 0;
  const server = createServer((req, res) => {
    forward(origin, req)
      .then(({ exchange, responseFields }) => {
        calls += 1;
        violations.push(...checkExchange(document, exchange));
        res.writeHead(exchange.status, responseFields);
        res.end(exchange.responseBody);
      })
      .catch(() => res.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get calls() {
      return calls;
    },
    violations,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function forward(origin: URL, req: IncomingMessage): Promise<{ exchange: Exchange; responseFields: string[] }> {
  const body = await read(req);
  const send = origin.protocol === 'https:' ? httpsRequest : httpRequest;
  const target = req.url ?? '/';
  const base = origin.pathname.replace(/\/$/, '');
  const onward = send({
    host: origin.hostname,
    port: origin.port,
    method: req.method,
    path: base + target,
    headers: req.rawHeaders,
  });
  onward.end(body);
  const [answer] = (await once(onward, 'response')) as [IncomingMessage];
  const exchange = {
    method: req.method ?? 'GET',
    target,
    headers: req.headers,
    body,
    status: answer.statusCode ?? 502,
    responseHeaders: answer.headers,
    responseBody: await read(answer),
  };
  return { exchange, responseFields: answer.rawHeaders };
}

async function read(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new Error('The body is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
