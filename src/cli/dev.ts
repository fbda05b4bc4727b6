import { join, relative, resolve } from 'node:path';
import { isPackage } from '../installation.mjs';
import type { Environment } from '../settings.ts';
import type { CommandLine } from './command-line.ts';
import { readEnvironment } from './environment.ts';
import { pollFiles } from './file-poll.ts';
import { type GatewayProcess, killAfterMs, startGatewayProcess } from './gateway-process.ts';
import { pluginPaths, pluginsFolder } from './plugins-folder.ts';

const root = join(import.meta.dirname, '..', '..');
/** A checkout runs its own source. In a package, that does not change. */
const ownFolders = isPackage ? [] : ['src', 'plugins', 'migrations', 'bin'];

/** Stops end open connections after this time, unless `SHUTDOWN_TIMEOUT_MS` is set. */
const stopWithinMs = '1000';
const mostNames = 3;

/**
 * `dev`: runs `start`, and starts it again after changes of plugins, migrations and `.env`, and in a checkout of the gateway's source.
 * A start that fails waits for the next change, also of the targets file, which a running gateway reloads by itself. Resolves to 0 after a signal.
 */
export async function dev({ print, onSignal }: CommandLine): Promise<number> {
  const say = (text: string): void => print(`[dev] ${text}`);
  const stopped = new Promise<undefined>((resolve) => onSignal(() => resolve(undefined)));
  const changes = collectChanges();
  const restarting = changes.places().filter((place) => place !== targetsFile());
  say(`restarts on changes in ${namesOf(restarting, 9)}; the gateway reloads ${namesOf([targetsFile()], 1)} itself`);
  try {
    for (let isFirst = true; ; isFirst = false) {
      const env = childEnvironment();
      const gateway = startGatewayProcess(isFirst ? [] : ['--brief'], env, killAfterMs({ ...environment(), ...env }));
      const changed = await nextRestart(gateway, { changes, stopped, say });
      if (changed) say(`${namesOf(changed, mostNames)} changed, restarting`);
      await gateway.stop();
      if (!changed) return 0;
    }
  } finally {
    changes.stop();
  }
}

interface Parts {
  changes: Changes;
  stopped: Promise<undefined>;
  say(text: string): void;
}

/** Resolves to the changed files, or to undefined after a signal. */
async function nextRestart({ ended }: GatewayProcess, { changes, stopped, say }: Parts): Promise<string[] | undefined> {
  // A running gateway follows its targets file by itself, without an end to its connections.
  const restartsFor = (path: string): boolean => path !== targetsFile();
  const first = await Promise.race([stopped, changes.next(restartsFor), ended]);
  if (first === undefined || typeof first === 'object') return first;
  say(`the gateway has ended (${first}), waiting for a change`);
  return Promise.race([stopped, changes.next(() => true)]);
}

/** The environment without the file `.env`, which the gateway reads itself. */
const childEnvironment = (): NodeJS.ProcessEnv =>
  environment().SHUTDOWN_TIMEOUT_MS ? process.env : { ...process.env, SHUTDOWN_TIMEOUT_MS: stopWithinMs };

/** A file `.env` that vanishes meanwhile or cannot be read counts as missing: the gateway reports it. */
function environment(): Environment {
  try {
    return readEnvironment(process.env);
  } catch {
    return process.env;
  }
}

const targetsFile = (): string => resolve(environment().TARGETS_FILE || 'targets.yaml');

interface Changes {
  places(): string[];
  /** Resolves to all changes since the last ones, once `isRelevant` accepts one of them. */
  next(isRelevant: (path: string) => boolean): Promise<string[]>;
  stop(): void;
}

function collectChanges(): Changes {
  const seen = new Set<string>();
  let notice = (): void => undefined;
  const places = (): string[] => [
    ...new Set([
      ...[pluginsFolder(environment()), ...pluginPaths(environment())].map((name) => resolve(name)),
      ...['migrations', '.env'].map((name) => resolve(name)),
      targetsFile(),
      ...ownFolders.map((name) => join(root, name)),
    ]),
  ];
  const stop = pollFiles(places, (paths) => {
    for (const path of paths) seen.add(path);
    notice();
  });
  const take = (): string[] => {
    const paths = [...seen];
    seen.clear();
    return paths;
  };
  return {
    places,
    stop,
    next: (isRelevant) =>
      new Promise((resolve) => {
        notice = () => {
          if ([...seen].some(isRelevant)) resolve(take());
        };
        notice();
      }),
  };
}

/** Paths as seen from the working directory; at most `most` of them. */
function namesOf(paths: readonly string[], most: number): string {
  const names = paths.slice(0, most).map((path) => relative('', path));
  return `${names.join(', ')}${paths.length > most ? ` and ${paths.length - most} more` : ''}`;
}
