import { onlyReading, sendJson } from '../call/call.ts';
import type { Call } from '../call/target.ts';
import type { DocsPages } from './docs-pages.ts';
import type { Readiness } from './readiness.ts';

/**
 * The gateway's own pages: health, and documentation if `docs` is given. They exist only without `X-Target-Server`,
 * and not on the host of a target. Returns or resolves to true when it has answered.
 */
export function createOwnPages(readiness: Readiness, docs?: DocsPages): (call: Call) => Promise<boolean> | boolean {
  return (call) => {
    if (call.targetName !== undefined || call.hostTarget) return false;
    switch (call.path) {
      case '/healthz':
        onlyReading(call);
        sendJson(call, 200, { status: 'ok' });
        return true;
      case '/readyz':
        onlyReading(call);
        return answerReadiness(call, readiness);
      default:
        return docs?.serve(call) ?? false;
    }
  };
}

async function answerReadiness(call: Call, readiness: Readiness): Promise<boolean> {
  const checks = await readiness.check();
  const ready = Object.values(checks).every((state) => state === 'ok');
  sendJson(call, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', checks });
  return true;
}
