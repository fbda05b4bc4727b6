import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { repeat } from '../../src/lifecycle/repeating.ts';
import type { Logger } from '../../src/logger.ts';
import { eventually } from '../support/eventually.ts';

const nothing = (): void => undefined;
const logger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Runs until the work has begun, stops, and returns the milliseconds that the stop took. */
async function stopDuring(work: () => Promise<void>): Promise<number> {
  let hasBegun = false;
  const stop = repeat(
    1,
    () => {
      hasBegun = true;
      return work();
    },
    logger,
  );
  await eventually(() => hasBegun);
  const startedAt = performance.now();
  await stop();
  return performance.now() - startedAt;
}

test('a stop waits for the current run', async () => {
  let hasEnded = false;
  await stopDuring(async () => {
    await sleep(300);
    hasEnded = true;
  });
  assert.ok(hasEnded);
});

test('a stop waits no longer than 2 s for a run that hangs', async () => {
  const waitedMs = await stopDuring(() => new Promise(nothing));
  assert.ok(waitedMs > 1900, `waited ${Math.round(waitedMs)} ms`);
});
