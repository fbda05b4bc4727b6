const steps = 10;

/**
 * Calls `giveUp` after `milliseconds` in which this process ran; returns a function that cancels it. Time in which the process was
 * held up, by a full processor or a slow disk, counts as a tenth at most: an answer that came meanwhile has not been read yet.
 */
export function afterRunningTime(milliseconds: number, giveUp: () => void): () => void {
  let left = steps;
  // Turns of an interval that were missed are not made up for.
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) return;
    clearInterval(timer);
    giveUp();
  }, milliseconds / steps);
  return () => clearInterval(timer);
}
