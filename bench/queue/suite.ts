import { runScenarios, type Scenarios } from '../dispatcher/scenarios.ts';
import type { Report } from '../support/report.ts';
import { measureClaimTime } from './claim-time.ts';
import { measureMemory } from './memory.ts';

/** The dispatcher with a long queue. */
const scenarios: Scenarios = new Map([
  ['claim', measureClaimTime],
  ['memory', measureMemory],
]);

export const parts: readonly string[] = [...scenarios.keys()];

/** Runs both scenarios or one of them. */
export const run = (part?: string): Promise<Report> => runScenarios('queue', scenarios, part);
