import './v8-flags.mjs';
import { isatty } from 'node:tty';
import { readEnvironment } from './cli/environment.ts';
import { run } from './cli/run.ts';
import { StartError } from './errors.ts';
import { describeError, writeLastLine } from './logger.ts';
import { SettingsError } from './settings.ts';

// What nobody awaited has hurt at most the request that it belonged to. An exception from nowhere leaves the process in a
// state that nobody knows: it ends what is in flight and makes room for a new one.
process.on('unhandledRejection', (reason) => writeLastLine(crashLine('unhandled rejection', reason)));
process.on('uncaughtException', (error) => {
  writeLastLine(crashLine('uncaught exception', error));
  process.exitCode = 1;
  if (stop) stop();
  else process.exit(1);
});

// A reader of our output that goes away is no reason to go as well.
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);

let stop: (() => void) | undefined;
const onSignal = (callback: () => void): void => {
  stop = callback;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, callback);
};

// A terminal that is closed sends the same signal, and is then one no longer.
const hadTerminal = isatty(0);
const onReload = (reload: () => void): void => {
  process.on('SIGHUP', () => (hadTerminal && !isatty(0) ? stop?.() : reload()));
};

try {
  const code = await run({
    args: process.argv.slice(2),
    env: readEnvironment(process.env),
    print: (text) => void process.stdout.write(`${text}\n`),
    onSignal,
    onReload,
  });
  process.exit(process.exitCode ?? code);
} catch (error) {
  const isForPeople = error instanceof StartError || error instanceof SettingsError;
  writeLastLine(isForPeople ? error.message : crashLine('start failed', error));
  process.exit(1);
}

function crashLine(message: string, error: unknown): string {
  return JSON.stringify({
    timestamp: new Date().toISOString(),
    level: 'error',
    label: 'process',
    message,
    ...describeError(error),
  });
}
