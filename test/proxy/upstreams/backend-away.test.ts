import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestGateway, type TestGateway } from '../../../src/testing/index.ts';
import { createBackend } from '../../support/backend.ts';
import { eventually } from '../../support/eventually.ts';
import { patient } from '../../support/patience.ts';

const callers = 16;
/** Far longer than a call takes here, and far shorter than any timeout of the target. */
const hangingMs = 5000;

/** Starts callers that each make one call after the other until they are stopped, and records the results. */
function startLoad(gateway: TestGateway, token: string) {
  const seen: { status: number; code: string | undefined; lengthMs: number }[] = [];
  let isOver = false;
  const call = async (): Promise<void> => {
    while (!isOver) {
      const startedAt = performance.now();
      const { status, body } = await gateway.request('/', { target: 'backend', token });
      seen.push({ status, code: body?.error?.code, lengthMs: performance.now() - startedAt });
    }
  };
  const running = Array.from({ length: callers }, call);
  return {
    seen,
    /** Waits for a matching call that starts from now on. */
    next: (isWanted: (call: { status: number; code: string | undefined }) => boolean): Promise<boolean> => {
      const from = seen.length + callers;
      return eventually(() => seen.slice(from).some(isWanted));
    },
    stop: async (): Promise<void> => {
      isOver = true;
      await Promise.all(running);
    },
  };
}

test('a backend that is killed under load causes 502 and 503 until it is back, and no call hangs', async () => {
  let backend = await createBackend();
  const gateway = await createTestGateway({
    plugins: [],
    targets: { backend: { upstreams: [backend.url], breaker: { failures: 5, openMs: 100 } } },
  });
  const load = startLoad(gateway, await gateway.token());
  try {
    for (let turn = 0; turn < 3; turn += 1) {
      await load.next(({ status }) => status === 200);
      await backend.close();
      await load.next(({ code }) => code === 'UPSTREAM_UNREACHABLE');
      await load.next(({ code }) => code === 'UPSTREAM_CIRCUIT_OPEN');
      backend = await createBackend(backend.port);
    }
    await load.next(({ status }) => status === 200);
  } finally {
    await load.stop();
    await gateway.close();
    await backend.close();
  }
  assert.deepEqual([...new Set(load.seen.map(({ status }) => status))].sort(), [200, 502, 503]);
  assert.ok(Math.max(...load.seen.map(({ lengthMs }) => lengthMs)) < patient(hangingMs));
  assert.equal(load.seen.at(-1)?.status, 200);
});
