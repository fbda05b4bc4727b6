import { setTimeout as sleep } from 'node:timers/promises';
import { type App, createApp } from '../app.ts';
import type { FoundationOptions } from '../foundation.ts';
import type { CommandLine } from './command-line.ts';
import { greet } from './greeting.ts';

/** `start`: serves until a signal comes, then ends what is in flight. */
export async function start(options: FoundationOptions, line: CommandLine): Promise<number> {
  const stopped = new Promise<void>((resolve) => line.onSignal(resolve));
  let running: App | undefined;
  line.onReload?.(() => void running?.reload());
  // A signal during the start ends it at once: nothing has been accepted yet, and every step of it can be repeated.
  const app = await Promise.race([createApp(options), stopped]);
  if (!app) return 0;
  running = app;
  const logger = app.foundation.log.labelled('gateway');
  try {
    const address = await app.start();
    logger.info('listening', { host: address.address, port: address.port, database: app.foundation.database.engine });
    await greet(app, address, line.print);
  } catch (error) {
    await app.close();
    throw error;
  }
  await stopped;
  logger.info('stopping');
  if (await closesInTime(app)) return 0;
  logger.error('the stop took too long: what is left is abandoned');
  await app.foundation.log.flush();
  return 1;
}

/** After the requests: for plugins and the database. Whatever hangs there must not keep a new process from starting. */
const closeTimeoutMs = 5000;

async function closesInTime(app: App): Promise<boolean> {
  const { SHUTDOWN_DELAY_MS, SHUTDOWN_TIMEOUT_MS } = app.foundation.config;
  const over = new AbortController();
  const late = sleep(SHUTDOWN_DELAY_MS + SHUTDOWN_TIMEOUT_MS + closeTimeoutMs, false, over).catch(() => false);
  try {
    return await Promise.race([app.close().then(() => true), late]);
  } finally {
    over.abort();
  }
}
