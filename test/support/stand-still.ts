const cell = new Int32Array(new SharedArrayBuffer(4));

/** This process does nothing for so long, like one that its machine has frozen. */
export const standStill = (milliseconds: number): void => void Atomics.wait(cell, 0, 0, milliseconds);
