import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';

/** Resolves when `condition` holds; fails when it does not come true within `timeoutMs`. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, `not within ${timeoutMs} ms: ${condition}`);
    await turn();
  }
}
