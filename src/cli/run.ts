import cluster from 'node:cluster';
import { type Config, loadConfig } from '../config.ts';
import { SettingsError } from '../settings.ts';
import type { CommandLine } from './command-line.ts';
import { explain } from './explain.ts';

/**
 * Runs what the command line asks for, in this process or, where `WORKERS` says so, in several that it watches over. Resolves
 * to the exit code. Throws `StartError` or `SettingsError`.
 */
export async function run(line: CommandLine): Promise<number> {
  const config = startsWorkers(line) ? configOf(line) : undefined;
  // Only one of them is loaded: a process that serves nothing itself need not hold the gateway in its memory.
  if (!config || config.WORKERS === 1) return (await import('./commands.ts')).runCommandLine(line);
  const { superviseWorkers } = await import('./supervise-workers.ts');
  return superviseWorkers(config, line).catch((error) => {
    throw explain(error, line.env);
  });
}

function startsWorkers({ args: [command = 'start', ...more], env }: CommandLine): boolean {
  return command === 'start' && more.length === 0 && cluster.isPrimary && Boolean(env.WORKERS);
}

/** Undefined if something is wrong with it: the command says so, together with what is wrong with the plugins' settings. */
function configOf({ env }: CommandLine): Readonly<Config> | undefined {
  try {
    return loadConfig(env);
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}
