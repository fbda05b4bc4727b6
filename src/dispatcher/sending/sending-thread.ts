// The main module of the sending thread: makes the attempts that the process asks for.
import { parentPort, workerData } from 'node:worker_threads';
import type { Outcome } from '../model/outcome.ts';
import { createConnections } from './connections.ts';
import { createConnector } from './connector.ts';
import { createGuard } from './guard.ts';
import { createNameResolver } from './name-resolver.ts';
import { createSender } from './sender.ts';
import {
  type FromThread,
  type Numbered,
  type Requests,
  type SendingSettings,
  unpackRequests,
} from './thread-messages.ts';

const { allowedNetworks, connectTimeoutMs, readTimeoutMs } = workerData as SendingSettings;
let ownPorts: readonly number[] = [];
const guard = createGuard({ allowedNetworks, ownPorts: () => ownPorts });
const connector = createConnector({ guard, names: createNameResolver(), timeoutMs: connectTimeoutMs });
const sender = createSender({ connections: createConnections(connector), readTimeoutMs });
let outcomes: Numbered<Outcome>[] = [];

const post = (message: FromThread): void => parentPort?.postMessage(message);

function postOutcomes(): void {
  post(outcomes);
  outcomes = [];
}

parentPort?.on('message', (message: Requests) => {
  ({ ownPorts } = message);
  for (const [number, request] of unpackRequests(message))
    void sender.send(request).then((outcome) => {
      if (outcomes.push([number, outcome]) === 1) setImmediate(postOutcomes);
    });
});
post('ready');
