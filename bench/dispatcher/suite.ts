import type { Report } from '../support/report.ts';
import { measureFairness } from './fairness.ts';
import { measureFanOut } from './fan-out.ts';
import { measureHandOver } from './hand-over.ts';
import { measureIdleLatency } from './idle-latency.ts';
import { runScenarios, type Scenarios } from './scenarios.ts';
import { measureSingleEvents } from './single-events.ts';
import { measureTlsCallbacks } from './tls-callbacks.ts';

/** Latencies first, because a stall would decide them: a host may take processors away after minutes of load. */
const scenarios: Scenarios = new Map([
  ['latency', measureIdleLatency],
  ['fairness', measureFairness],
  ['events', measureSingleEvents],
  ['tls', measureTlsCallbacks],
  ['fan-out', measureFanOut],
  ['hand-over', measureHandOver],
]);

export const parts: readonly string[] = [...scenarios.keys()];

/** Runs all scenarios or one of them. */
export const run = (part?: string): Promise<Report> => runScenarios('dispatcher', scenarios, part);
