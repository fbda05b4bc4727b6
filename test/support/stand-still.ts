const cell = new Int32Array(new SharedArrayBuffer(4));

/**
 * Calls `before` and then blocks this process for `milliseconds`, like a machine that was frozen. Afterwards timers run
 * before sockets are read; blocking inside a timer would reverse that order.
 */
export const standStill = (milliseconds: number, before: () => void): void =>
  void setImmediate(() => {
    before();
    Atomics.wait(cell, 0, 0, milliseconds);
  });
