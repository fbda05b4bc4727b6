import { statSync, watch } from 'node:fs';
import { dirname } from 'node:path';

export interface FileWatchParts {
  /** The state that has been dealt with. */
  readonly known: () => string;
  /** The file is another than `known`, or is gone, and has come to rest. */
  readonly onChange: () => void;
  /** Changes are not noticed, or no longer. */
  readonly onFailure: (error: NodeJS.ErrnoException) => void;
}

const settleMs = 100;

/**
 * Watches a file through its folder, so that one that is replaced is followed: editors write another and rename it, Kubernetes
 * exchanges a link beside it. Gives back what ends it.
 */
export function watchFile(path: string, { known, onChange, onFailure }: FileWatchParts): () => void {
  let resting = known();
  let timer: NodeJS.Timeout | undefined;

  // Events come for any file of the folder, and while ours is still being written.
  const look = (): void => {
    timer = undefined;
    const state = stateOf(path);
    const isResting = state === resting;
    resting = state;
    if (!isResting) lookSoon();
    else if (state !== known()) onChange();
  };
  const lookSoon = (): void => {
    timer ??= setTimeout(look, settleMs).unref();
  };

  lookSoon();
  const stopTimer = (): void => clearTimeout(timer);
  try {
    const watcher = watch(dirname(path), { persistent: false }, lookSoon).on('error', onFailure);
    return () => {
      watcher.close();
      stopTimer();
    };
  } catch (error) {
    onFailure(error as NodeJS.ErrnoException);
    return stopTimer;
  }
}

/** Differs between any two versions of a file. */
export function stateOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}` : 'missing';
}
