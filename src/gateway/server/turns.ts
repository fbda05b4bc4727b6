/** Pieces of work in one turn of the event loop. */
const perTurn = 16;

/**
 * Runs work in later turns of the event loop, in its order and a few pieces a turn, so that reads of other connections and new
 * connections come in between.
 */
export function createTurns(): (work: () => void) => void {
  const waiting: (() => void)[] = [];
  let isPlanned = false;

  function run(): void {
    isPlanned = waiting.length > perTurn;
    if (isPlanned) setImmediate(run);
    for (const work of waiting.splice(0, perTurn)) work();
  }

  return (work) => {
    waiting.push(work);
    if (isPlanned) return;
    isPlanned = true;
    setImmediate(run);
  };
}
