import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { longestStopMs } from '../config.ts';
import type { Environment } from '../settings.ts';

/** A gateway that runs as a process of its own, with the streams of this one. */
export interface GatewayProcess {
  /** Resolves to the exit code, or to the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Stops it gracefully, and by force after the time that it was given. Resolves when it has ended and its port is free. */
  stop(): Promise<void>;
}

const script = join(import.meta.dirname, '..', '..', 'bin', 'hookgate.mjs');
const longestTimerMs = 2_147_483_647;
/** Beyond the time that a graceful stop may take: for `WORKERS`, which end each other, and a busy machine. */
const graceMs = 3000;

/** Loaded into the gateway: it stops when this process is gone, however that ended. */
const stopWithParent = `data:text/javascript,${encodeURIComponent(
  "process.once('disconnect', () => process.kill(process.pid, 'SIGTERM')); process.channel?.unref();",
)}`;

/**
 * Milliseconds after which a gateway with these settings has stopped, or hangs. A setting that is no number counts as 0: with it,
 * the gateway does not start.
 */
export const killAfterMs = ({ SHUTDOWN_DELAY_MS, SHUTDOWN_TIMEOUT_MS }: Environment): number =>
  Math.min(
    longestStopMs({
      SHUTDOWN_DELAY_MS: Number(SHUTDOWN_DELAY_MS) || 0,
      SHUTDOWN_TIMEOUT_MS: Number(SHUTDOWN_TIMEOUT_MS) || 0,
    }) + graceMs,
    longestTimerMs,
  );

/** Starts `hookgate start` with these arguments. It reads the environment and the file `.env` itself. */
export function startGatewayProcess(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  stopWithinMs: number,
): GatewayProcess {
  const command = [...process.execArgv, '--import', stopWithParent, script, 'start', ...args];
  const child = spawn(process.execPath, command, { env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  return {
    ended,
    stop: async () => {
      const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(timer);
    },
  };
}
