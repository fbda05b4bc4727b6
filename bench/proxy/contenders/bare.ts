// The upper limit: Node's server and undici's pool with only the essentials of a proxy: hop-by-hop headers are dropped,
// bodies stream with back-pressure, and a client that disconnects aborts its request to the backend.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Dispatcher } from 'undici';
import { Pool } from '../../../src/packages/undici.ts';

const backend = process.env.BACKEND ?? '';
const { host } = new URL(backend);
const pool = new Pool(backend, { connections: 256, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
const dropped = new Set([
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function passed(rawHeaders: readonly string[]): string[] {
  const result = ['Host', host];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (!dropped.has(name.toLowerCase())) result.push(name, rawHeaders[index + 1] as string);
  }
  return result;
}

const server = createServer({ requestTimeout: 0 }, (req, res) => {
  const { headers } = req;
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  const options = {
    path: req.url as string,
    method: req.method as Dispatcher.HttpMethod,
    headers: passed(req.rawHeaders),
    body: hasBody ? req : null,
  };
  let isDone = false;
  pool.dispatch(options, {
    onRequestStart(controller) {
      res.on('close', () => {
        if (!isDone) controller.abort(new Error('The client closed the connection.'));
      });
    },
    onResponseStart(_controller, status, answered, statusText) {
      const kept: Record<string, string | string[]> = {};
      for (const name in answered) if (!dropped.has(name)) kept[name] = answered[name] as string;
      res.writeHead(status, statusText, kept);
    },
    onResponseData(controller, chunk) {
      if (res.write(chunk)) return;
      controller.pause();
      res.once('drain', () => controller.resume());
    },
    onResponseEnd() {
      isDone = true;
      res.end();
    },
    onResponseError() {
      isDone = true;
      if (res.headersSent) res.destroy();
      else res.writeHead(502).end();
    },
  });
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`bare listens on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
