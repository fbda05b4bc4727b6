// Express and http-proxy-middleware, set up as in their documentation.
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';

const app = express();
const proxy = createProxyMiddleware({ target: process.env.BACKEND ?? '', changeOrigin: true });
app.use(proxy);

const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`express listens on http://127.0.0.1:${port}\n`);
});
server.on('upgrade', proxy.upgrade);
