// The process in which the Node.js clients run: each message is a call, each answer its result or error.
import './only-loopback.ts';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ClientCall, ClientResult } from './clients.ts';

type Method = (options?: object) => Promise<unknown>;
type Organization = Record<string, Method & Record<string, Method>>;

const require = createRequire(join(import.meta.dirname, '..', '..', 'apigee-clients', 'package.json'));
let organization: Organization | undefined;

async function connect(options: object): Promise<string> {
  const { edge } = require('apigee-edge-js') as { edge: { connect(options: object): Promise<Organization> } };
  organization = await edge.connect(options);
  return 'connected';
}

/** Calls a method with these options, if there are any: the methods count their arguments. */
async function callMethod(owner: Record<string, Method> | undefined, name: string, options?: object): Promise<unknown> {
  if (!owner?.[name]) throw new Error(`the client has no ${name}`);
  return options ? owner[name](options) : owner[name]();
}

async function run({ client, name, method = '', options }: ClientCall): Promise<unknown> {
  if (client === 'apigeetool') return callMethod(require('apigeetool').getPromiseSDK(), name, options);
  if (name === 'connect') return connect(options ?? {});
  return callMethod(name === 'organization' ? organization : organization?.[name], method, options);
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
