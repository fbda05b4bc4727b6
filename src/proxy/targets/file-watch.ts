import { statSync, watch } from 'node:fs';
import { dirname } from 'node:path';

export interface FileWatchParts {
  /** The last state that was handled, as `stateOf` returns it. */
  readonly known: () => string;
  /** The file differs from `known` or is missing, and has stopped changing. */
  readonly onChange: () => void;
  /** The watch could not be set up, or has failed. */
  readonly onFailure: (error: NodeJS.ErrnoException) => void;
}

const settleMs = 100;

/**
 * Watches a file through its folder, so that a replaced file is followed: editors write a new file and rename it,
 * Kubernetes swaps a symbolic link beside it. Returns a function that stops watching.
 */
export function watchFile(path: string, { known, onChange, onFailure }: FileWatchParts): () => void {
  let resting = known();
  let timer: NodeJS.Timeout | undefined;

  // Events arrive for every file of the folder, and while this one is still being written.
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

/** A string that differs between any two versions of a file. */
export function stateOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}` : 'missing';
}
