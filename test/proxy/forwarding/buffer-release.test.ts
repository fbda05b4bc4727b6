import assert from 'node:assert/strict';
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { createBufferRelease } from '../../../src/proxy/forwarding/buffer-release.ts';
import { eventually } from '../../support/eventually.ts';

const megabyte = 1024 * 1024;

interface Collection extends PerformanceEntry {
  readonly detail: { readonly flags: number };
}

// V8 makes a major collection of the one asked for when it has just marked the whole heap.
const isAskedFor = ({ detail }: Collection): boolean =>
  (detail.flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0;

test('a minor collection runs after every 8 MB and not before', async () => {
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += (list.getEntries() as Collection[]).filter(isAskedFor).length;
  });
  observer.observe({ entryTypes: ['gc'] });
  const passed = createBufferRelease();
  for (let count = 0; count < 4 * 8; count += 1) passed(megabyte);
  for (let count = 0; count < 7; count += 1) passed(megabyte);
  await eventually(() => collections >= 4);
  assert.equal(collections, 4);
  passed(megabyte);
  await eventually(() => collections >= 5);
  assert.equal(collections, 5);
  observer.disconnect();
});

test('the function gc is not left exposed', () => {
  createBufferRelease();
  assert.equal(runInNewContext('typeof gc'), 'undefined');
});
