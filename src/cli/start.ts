import { createApp } from '../app.ts';
import type { FoundationOptions } from '../foundation.ts';
import type { CommandLine } from './commands.ts';
import { greet } from './greeting.ts';

/** `start`: serves until a signal comes, then ends what is in flight. */
export async function start(options: FoundationOptions, line: CommandLine): Promise<number> {
  const stopped = new Promise<void>((resolve) => line.onSignal(resolve));
  const app = await createApp(options);
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
