import { createApp } from '../app.ts';
import type { FoundationOptions } from '../foundation.ts';
import type { CommandLine } from './commands.ts';
import { greet } from './greeting.ts';

/** `start`: serves until a signal comes, then ends what is in flight. */
export async function start(options: FoundationOptions, line: CommandLine): Promise<number> {
  const stopped = new Promise<void>((resolve) => line.onSignal(resolve));
  // A signal during the start ends it at once: nothing has been accepted yet, and every step of it can be repeated.
  const app = await Promise.race([createApp(options), stopped]);
  if (!app) return 0;
  try {
    const address = await app.start();
    const logger = app.foundation.log.labelled('gateway');
    logger.info('listening', { host: address.address, port: address.port, database: app.foundation.database.engine });
    await greet(app, address, line.print);
    await stopped;
    logger.info('stopping');
    return 0;
  } finally {
    await app.close();
  }
}
