import { version } from '../../version.ts';
import { isReading, onlyReading, sendJson } from '../call/call.ts';
import type { Call } from '../call/target.ts';
import type { DocsPages } from './docs-pages.ts';
import type { FrontLink, FrontPage } from './front-page.ts';
import type { Readiness } from './readiness.ts';

/** Links to the health pages on `/`. */
export const healthLinks: readonly FrontLink[] = [
  { path: '/healthz', title: 'Health', purpose: 'Answers as long as the process lives.' },
  { path: '/readyz', title: 'Readiness', purpose: 'Whether the gateway can serve requests: the result of each check.' },
];

/** The pages of a process that serves requests. */
export interface GatewayPages {
  readonly docs: DocsPages;
  readonly front: FrontPage;
}

/**
 * The gateway's own pages: health, and those of `pages`. They exist only without `X-Target-Server`, and not on the host of
 * a target. Returns or resolves to true when it has answered.
 */
export function createOwnPages(readiness: Readiness, pages?: GatewayPages): (call: Call) => Promise<boolean> | boolean {
  return (call) => {
    if (call.targetName !== undefined || call.hostTarget) return false;
    switch (call.path) {
      case '/healthz':
        onlyReading(call);
        sendJson(call, 200, { status: 'ok', version });
        return true;
      case '/readyz':
        onlyReading(call);
        return answerReadiness(call, readiness);
      default:
        if (call.path === '/' && isReading(call)) return pages?.front(call) ?? false;
        return pages?.docs.serve(call) ?? false;
    }
  };
}

async function answerReadiness(call: Call, readiness: Readiness): Promise<boolean> {
  const checks = await readiness.check();
  const ready = Object.values(checks).every((state) => state === 'ok');
  sendJson(call, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', checks });
  return true;
}
