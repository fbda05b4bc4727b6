import { originRefused } from '../../errors.ts';
import { isOwnOrigin } from '../call/own-origin.ts';
import type { Call, Target, Way } from '../call/target.ts';
import type { TargetRegistry } from '../call/target-registry.ts';

export interface OriginCheckParts {
  /** Origins whose pages may call every target. */
  origins: readonly string[];
  registry: TargetRegistry;
  /** How the client named the gateway. */
  wayOf: (call: Call) => Way;
}

const basic = /^basic(?: |$)/i;
/** Values of `Sec-Fetch-Site` for requests of a page of the gateway's own origin, and of the user. */
const ownSites = new Set([undefined, 'same-origin', 'none']);

/** Whether a call carries credentials that a browser may have added on its own. */
export const holdsBasic = ({ req }: Call): boolean => basic.test(req.headers.authorization ?? '');

/**
 * Refuses a call with Basic credentials that a page of another origin has caused: a browser that holds them adds them to
 * the requests of every page. Before the caller is known, an origin that any target trusts passes, because the answer
 * must not tell which target does; afterwards the call's own target decides. Throws `ORIGIN_REFUSED`.
 */
export function createOriginCheck({ origins, registry, wayOf }: OriginCheckParts): (call: Call) => void {
  const general = new Set(origins);
  const trusts = (target: Target, origin: string): boolean => target.trusts?.(origin) ?? false;
  return (call) => {
    const { origin, 'sec-fetch-site': site } = call.req.headers;
    if (origin === undefined || isOwnOrigin(origin, wayOf(call))) {
      if (!ownSites.has(site as string | undefined))
        throw originRefused('Basic credentials from a page of another site');
      return;
    }
    const targets = call.principal ? [call.target].filter((target) => target !== undefined) : registry.targets;
    if (!general.has(origin) && !targets.some((target) => trusts(target, origin)))
      throw originRefused('Basic credentials from a page of another origin');
  };
}
