// The process in which the Node.js clients run: each message is a call, each answer its result or error.
import './only-loopback.ts';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ClientCall, ClientResult } from './clients.ts';

type Method = (options?: object) => Promise<unknown>;
type Organization = Record<string, Record<string, Method>> & { getProperties: Method };

const require = createRequire(join(import.meta.dirname, '..', '..', 'apigee-clients', 'package.json'));
let organization: Organization | undefined;

async function connect(options: object): Promise<string> {
  const { edge } = require('apigee-edge-js') as { edge: { connect(options: object): Promise<Organization> } };
  organization = await edge.connect(options);
  return 'connected';
}

function callEdgeJs(collection: string, method: string, options: object): Promise<unknown> {
  if (collection === 'organization') return Promise.resolve(organization?.getProperties());
  return Promise.resolve(organization?.[collection]?.[method]?.(options));
}

function run({ client, name, method = '', options = {} }: ClientCall): Promise<unknown> {
  if (client === 'apigeetool') {
    const { getPromiseSDK } = require('apigeetool') as { getPromiseSDK(): Record<string, Method> };
    return Promise.resolve(getPromiseSDK()[name]?.(options));
  }
  return name === 'connect' ? connect(options) : callEdgeJs(name, method, options);
}

const answer = (result: ClientResult): void => void process.send?.(result);

process.on('message', (call: ClientCall) => {
  run(call).then(
    (result) => answer({ id: call.id, result }),
    // A failed connection has its half-made organization as result, which is no JSON.
    (error: Error & { result?: unknown }) =>
      answer({ id: call.id, error: error.message, ...(call.name === 'connect' ? {} : { result: error.result }) }),
  );
});
process.on('disconnect', () => process.exit());
