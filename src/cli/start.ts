import { settledWithin } from '../answered-within.ts';
import { type App, createApp } from '../app.ts';
import { longestStopMs } from '../config.ts';
import type { FoundationOptions } from '../foundation.ts';
import type { Environment } from '../settings.ts';
import { version } from '../version.ts';
import { joinPrimary } from '../workers/worker-link.ts';
import type { CommandLine } from './command-line.ts';
import { announce, greet, pagesOf } from './greeting.ts';
import { warnOfNode } from './node-check.ts';

/**
 * `start`: serves until a signal arrives, then shuts down gracefully. A worker also shuts down when its primary is
 * gone. With `--brief` it prints the address alone, and no calls to try.
 */
export async function start(
  options: FoundationOptions,
  line: CommandLine,
  { brief = false }: Readonly<Record<string, unknown>> = {},
): Promise<number> {
  const link = joinPrimary();
  let running: App | undefined;
  line.onReload?.(() => void running?.reload());
  const stopped = new Promise<void>((resolve) => {
    line.onSignal(() => resolve());
    link?.onPrimaryGone(resolve);
  });
  // A signal during start-up exits at once: no request has been accepted yet, and every step of the start is
  // repeatable.
  const starting = createApp({ ...options, link });
  const app = await Promise.race([starting, stopped]);
  if (!app) {
    // For a caller whose process goes on.
    void starting.then((late) => late.close()).catch(() => undefined);
    return 0;
  }
  running = app;
  const logger = app.foundation.log.labelled('gateway');
  try {
    const address = await app.start();
    const { engine } = app.foundation.database;
    logger.info('listening', {
      version,
      node: process.version.slice(1),
      host: address.address,
      port: address.port,
      database: engine,
    });
    warnOfWorkers(app, options.env);
    if (link) {
      const pages = await pagesOf(app);
      link.reportListening(pages === undefined ? address : { ...address, pages });
    } else {
      warnOfNode(logger);
      if (brief) announce(app.foundation.config, address, line.print);
      else await greet(app, address, line.print);
    }
  } catch (error) {
    await app.close();
    throw error;
  }
  await stopped;
  logger.info('stopping');
  const limitMs = longestStopMs(app.foundation.config);
  const isClosed = await settledWithin(
    limitMs,
    app.close().then(() => true),
  );
  if (isClosed) return 0;
  logger.error('the stop took too long, abandoning open work');
  await app.foundation.log.flush();
  return 1;
}

function warnOfWorkers({ foundation: { database, config, log } }: App, { WORKERS: asked }: Environment): void {
  if (database.engine !== 'sqlite' || !asked || asked === String(config.WORKERS)) return;
  log.labelled('gateway').warn('WORKERS is 1 on SQLite, which allows one process only', { asked });
}
