// Fastify and @fastify/http-proxy, set up as in their documentation.
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The part of Fastify that is used here. Its types are not installed with the project's own packages. */
type Fastify = () => {
  register(plugin: unknown, options: object): unknown;
  listen(options: object): Promise<string>;
};

const require = createRequire(join(import.meta.dirname, '..', '..', 'package.json'));
const server = (require('fastify') as Fastify)();
server.register(require('@fastify/http-proxy'), { upstream: process.env.BACKEND ?? '' });
const url = await server.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`fastify listens on ${url}\n`);
