import cluster from 'node:cluster';
import { type Config, loadConfig } from '../config.ts';
import { withDemo } from '../demo.ts';
import { StartError } from '../errors.ts';
import { judgeNode } from '../node-versions.mjs';
import { isSettingsError } from '../settings.ts';
import { version } from '../version.ts';
import type { CommandLine } from './command-line.ts';
import { explain } from './explain.ts';

/**
 * Runs the command line: in this process, or with `WORKERS` over 1 in worker processes that this one supervises.
 * Resolves to the exit code. Throws `StartError` or `SettingsError`.
 */
export async function run(line: CommandLine): Promise<number> {
  // Before anything that may fail: settings, plugins, database.
  if (isVersion(line.args)) {
    line.print(`hookgate ${version}`);
    return 0;
  }
  const { refusal } = judgeNode(process.version);
  if (refusal) throw new StartError(refusal);
  const ofAuthors = runForAuthors(line);
  if (ofAuthors !== undefined) return ofAuthors;
  const config = startsWorkers(line) ? configOf(line) : undefined;
  // Imported on demand: a supervising process serves no requests and should not hold the gateway in memory.
  if (!config || config.WORKERS === 1) return (await import('./commands.ts')).runCommandLine(line);
  const { superviseWorkers } = await import('./supervise-workers.ts');
  return superviseWorkers(config, line).catch((error) => {
    throw explain(error, line.env);
  });
}

const isVersion = ([name = '', ...more]: readonly string[]): boolean =>
  more.length === 0 && ['version', '--version', '-v', '-V'].includes(name);

/** Commands that load no plugin, since they also serve the author of a broken one. Undefined for every other command. */
function runForAuthors(line: CommandLine): Promise<number> | undefined {
  const [first, second, name, ...more] = line.args;
  if (more.length > 0) return undefined;
  if (first === 'dev' && second === undefined) return import('./dev.ts').then(({ dev }) => dev(line));
  if (first !== 'plugin' || second !== 'test' || name === undefined || name.startsWith('-')) return undefined;
  return import('./test-plugin.ts').then(({ testPlugin }) => testPlugin(line, name));
}

function startsWorkers({ args: [command = 'start', ...more], env }: CommandLine): boolean {
  return command === 'start' && more.every((arg) => arg === '--brief') && cluster.isPrimary && Boolean(env.WORKERS);
}

/**
 * Undefined if the settings are invalid: the command then reports their problems together with those of the plugins.
 */
function configOf({ env, isTerminal = false }: CommandLine): Readonly<Config> | undefined {
  try {
    return withDemo(loadConfig(env), isTerminal);
  } catch (error) {
    if (isSettingsError(error)) return undefined;
    throw error;
  }
}
