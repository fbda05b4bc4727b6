import './v8-flags.mjs';
import { isatty } from 'node:tty';
import { ask } from './cli/ask.ts';
import { endProcess } from './cli/end-process.ts';
import { originOf, readEnvironment } from './cli/environment.ts';
import { run } from './cli/run.ts';
import { isStartError } from './errors.ts';
import { describeError, writeLastLine } from './logger.ts';
import { isSettingsError } from './settings.ts';

// An unhandled rejection has harmed at most the request that it belonged to: log it and continue. An uncaught exception
// leaves the process in an unknown state: shut down gracefully, so that a new process takes over.
process.on('unhandledRejection', (reason) => writeLastLine(crashLine('unhandled rejection', reason)));
process.on('uncaughtException', (error) => {
  writeLastLine(crashLine('uncaught exception', error));
  process.exitCode = 1;
  if (stop) stop();
  else process.exit(1);
});

// A closed output pipe (EPIPE) must not end the process.
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);

let stop: (() => void) | undefined;
const onSignal = (callback: () => void): void => {
  stop = callback;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, callback);
};

// SIGHUP means "reload", and also "terminal closed": in that case standard input is no longer a terminal.
const hadTerminal = isatty(0);
const onReload = (reload: () => void): void => {
  process.on('SIGHUP', () => (hadTerminal && !isatty(0) ? stop?.() : reload()));
};

try {
  const env = readEnvironment(process.env);
  const code = await run({
    args: process.argv.slice(2),
    env,
    origin: (name) => originOf(name, env, process.env),
    isTerminal: isatty(1),
    print: (text) => void process.stdout.write(`${text}\n`),
    warn: (text) => void process.stderr.write(`${text}\n`),
    ...(isatty(0) && isatty(1) ? { ask } : {}),
    onSignal,
    onReload,
  });
  endProcess(Number(process.exitCode ?? code));
} catch (error) {
  const isForPeople = isStartError(error) || isSettingsError(error);
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
