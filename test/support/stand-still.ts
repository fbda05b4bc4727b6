const cell = new Int32Array(new SharedArrayBuffer(4));

/**
 * Calls `before`, and then this process does nothing for so long, like one that its machine has frozen. Afterwards timers run before
 * sockets are read, which is not so when it happens in a timer.
 */
export const standStill = (milliseconds: number, before: () => void): void =>
  void setImmediate(() => {
    before();
    Atomics.wait(cell, 0, 0, milliseconds);
  });
