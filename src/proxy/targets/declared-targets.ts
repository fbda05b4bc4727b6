import { StartError } from '../../errors.ts';
import { describeError, type Logger } from '../../logger.ts';
import type { Environment } from '../../settings.ts';
import type { RemoteTargetSettings } from '../../target-definition.ts';
import { stateOf, watchFile } from './file-watch.ts';
import { readTargetsFile, TargetsFileError } from './targets-file.ts';

/** Puts other targets in place of those before. Throws `StartError`, and changes nothing, where they do not go together. */
export type Replace = (targets: readonly RemoteTargetSettings[]) => void;

export interface DeclaredTargets {
  readonly path: string;
  /** The targets as they are declared now. Throws `TargetsFileError`. */
  read(): RemoteTargetSettings[];
  /** Reads the file again. False when it is not good: then nothing changes, and the log says why. */
  reload(replace: Replace): boolean;
  /** Reloads whenever the file has changed since it was last read. Gives back what ends that. */
  follow(replace: Replace): () => void;
}

const defaultPath = './targets.yaml';

/** The file that the setting `TARGETS_FILE` names, or without it `./targets.yaml`, which need not be there. */
export function createDeclaredTargets(setting: string | undefined, env: Environment, logger: Logger): DeclaredTargets {
  const path = setting ?? defaultPath;
  const log = { file: path };
  let known = 'missing';
  // Once it has been there, its absence is an accident and no wish to have no targets.
  let isDemanded = setting !== undefined;

  const read: DeclaredTargets['read'] = () => {
    known = stateOf(path);
    isDemanded ||= known !== 'missing';
    return isDemanded ? readTargetsFile(path, env) : [];
  };
  const reload: DeclaredTargets['reload'] = (replace) => {
    try {
      replace(read());
      return true;
    } catch (error) {
      logger.error('targets file refused, the targets stay as they are', { ...log, ...problemsOf(error) });
      return false;
    }
  };
  return {
    path,
    read,
    reload,
    follow: (replace) =>
      watchFile(path, {
        known: () => known,
        onChange: () => void reload(replace),
        onFailure: ({ code }) =>
          logger.warn('changes of the targets file are not noticed, SIGHUP reads it', { ...log, code }),
      }),
  };
}

function problemsOf(error: unknown): Record<string, unknown> {
  if (error instanceof TargetsFileError) return { problems: error.problems };
  return error instanceof StartError ? { problems: error.message.split('\n') } : describeError(error);
}
