import { isStartError } from '../../errors.ts';
import { describeError, type Logger } from '../../logger.ts';
import type { Environment } from '../../settings.ts';
import type { RemoteTargetSettings } from '../../target-definition.ts';
import { stateOf, watchFile } from './file-watch.ts';
import { readTargetsFile, TargetsFileError } from './targets-file.ts';

/** Replaces the declared targets. Throws `StartError`, and changes nothing, for conflicting names or prefixes. */
export type Replace = (targets: readonly RemoteTargetSettings[]) => void;

export interface DeclaredTargets {
  readonly path: string;
  /** Reads the declared targets. Throws `TargetsFileError`. */
  read(): RemoteTargetSettings[];
  /**
   * Reads the file again. Returns false for an invalid file: the targets stay unchanged and the problems are logged.
   */
  reload(replace: Replace): boolean;
  /** Reloads on every change of the file since the last read. Returns a function that stops this. */
  follow(replace: Replace): () => void;
}

const defaultPath = './targets.yaml';

/** Uses the file that the setting `TARGETS_FILE` names, or `./targets.yaml`, which may be missing. */
export function createDeclaredTargets(setting: string | undefined, env: Environment, logger: Logger): DeclaredTargets {
  const path = setting ?? defaultPath;
  const log = { file: path };
  let known = 'missing';
  // A file that existed once is required from then on: its absence is an accident, not a request for no targets.
  let isRequired = setting !== undefined;

  const read: DeclaredTargets['read'] = () => {
    known = stateOf(path);
    isRequired ||= known !== 'missing';
    return isRequired ? readTargetsFile(path, env) : [];
  };
  const reload: DeclaredTargets['reload'] = (replace) => {
    try {
      replace(read());
      return true;
    } catch (error) {
      logger.error('targets file refused, targets unchanged', { ...log, ...problemsOf(error) });
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
        onFailure: ({ code }) => logger.warn('cannot watch the targets file, reload it with SIGHUP', { ...log, code }),
      }),
  };
}

function problemsOf(error: unknown): Record<string, unknown> {
  if (error instanceof TargetsFileError) return { problems: error.problems };
  return isStartError(error) ? { problems: error.message.split('\n') } : describeError(error);
}
