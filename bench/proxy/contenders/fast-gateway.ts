// fast-gateway, set up as in its documentation.
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** The part of fast-gateway that is used here. Its types are not installed with the project's own packages. */
type FastGateway = (options: object) => { start(port: number, host: string): Promise<Server> };

const require = createRequire(join(import.meta.dirname, '..', '..', 'package.json'));
const gateway = require('fast-gateway') as FastGateway;
const server = await gateway({ routes: [{ prefix: '', target: process.env.BACKEND ?? '' }] }).start(0, '127.0.0.1');
process.stdout.write(`fast-gateway listens on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
