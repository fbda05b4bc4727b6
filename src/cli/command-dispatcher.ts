import type { Dispatcher } from '../dispatcher/dispatcher.ts';
import { openDispatcher } from '../dispatcher/open-dispatcher.ts';
import type { Foundation } from '../foundation.ts';
import type { Releases } from '../lifecycle/releases.ts';
import { createMetricsRegistry } from '../metrics/metrics.ts';

/** The dispatcher of a command: it has measured the clock of the database, and leaves sending to the running processes. */
export async function openCommandDispatcher(foundation: Foundation, releases: Releases): Promise<Dispatcher> {
  const config = { ...foundation.config, ROLE: 'gateway' as const };
  const dispatcher = openDispatcher({ ...foundation, config }, createMetricsRegistry());
  releases.add(() => dispatcher.stop());
  await dispatcher.start();
  return dispatcher;
}
