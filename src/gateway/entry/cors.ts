import { putHeaders } from '../call/call.ts';
import type { Call, CorsRule, Target } from '../call/target.ts';
import type { TargetRegistry } from '../call/target-registry.ts';
import { varyOfAll } from '../call/vary.ts';
import { allows, generalRule, originHeaders, preflightHeaders, unionOf } from './cors-rules.ts';
import { askedHeaders, askedMethod, isPreflight } from './preflight.ts';

/** Permissions for pages of other origins. Concerns only requests with an `Origin`. */
export interface Cors {
  /** Sets the CORS headers of the response, and answers preflights. Returns true when it has answered. */
  answerPreflight(call: Call): boolean;
  /** Sets the CORS headers of the call's target, once the caller may know which one it is. */
  settle(call: Call): void;
}

const varyOfPreflights = `${varyOfAll}, Access-Control-Request-Method, Access-Control-Request-Headers`;

const nothing = { own: [], listsAll: false };

/**
 * `origins` may call every target without a rule of its own. The header `X-Target-Server` selects a target only in the
 * call itself: browsers do not send it with preflights, and strangers must not learn which targets exist. Until such a
 * call is let in, it gets the permissions of all targets together.
 */
export function createCors(origins: readonly string[], registry: TargetRegistry): Cors {
  const general = generalRule(origins);
  const rulesOf = createRules(general, registry);

  /** The rule of a known target; undefined where another page's origin gets nothing. */
  function ruleOf(target: Target, origin: string): CorsRule | undefined {
    const rule = typeof target.cors === 'object' ? target.cors : general;
    return allows(rule, origin) ? rule : undefined;
  }

  function headersFor(target: Target, origin: string): Call['cors'] {
    const rule = ruleOf(target, origin);
    const isPassThrough = target.cors === 'pass-through';
    if (!rule && target.cors === undefined) return undefined;
    return { ...(rule ? originHeaders(rule, origin) : nothing), isPassThrough };
  }

  function answer(call: Call, rule: CorsRule): true {
    const { req, res } = call;
    call.vary = varyOfPreflights;
    putHeaders(call);
    const asked = { method: askedMethod(req), headers: askedHeaders(req) };
    res.writeHead(204, preflightHeaders(rule, asked)).end();
    return true;
  }

  return {
    answerPreflight: (call) => {
      const { origin } = call.req.headers;
      if (origin === undefined) return false;
      const target = targetOf(call, registry);
      const rule = target ? ruleOf(target, origin) : unionOf(rulesOf().filter((each) => allows(each, origin)));
      if (target) call.cors = headersFor(target, origin);
      else if (rule) call.cors = originHeaders(rule, origin);
      return rule !== undefined && target?.cors !== 'pass-through' && isPreflight(call.req) && answer(call, rule);
    },
    settle: (call) => {
      const { origin } = call.req.headers;
      if (origin !== undefined && call.target) call.cors = headersFor(call.target, origin);
    },
  };
}

/** The rules of all targets that decide by a rule, computed once for each state of the registry. */
function createRules(general: CorsRule, registry: TargetRegistry): () => readonly CorsRule[] {
  let of: readonly Target[] | undefined;
  let rules: readonly CorsRule[] = [];
  return () => {
    if (of !== registry.targets) {
      of = registry.targets;
      rules = [general, ...of.map(({ cors }) => cors).filter((cors) => typeof cors === 'object')];
    }
    return rules;
  };
}

/** The target of a call as far as host and path tell it; undefined if the header does, or a preflight announces it. */
function targetOf({ req, hostTarget, targetName, path }: Call, registry: TargetRegistry): Target | undefined {
  if (hostTarget) return hostTarget;
  const isByHeader = targetName !== undefined || (req.method === 'OPTIONS' && announcesTarget(req));
  return isByHeader ? undefined : registry.byPath(path);
}

const announcesTarget = (req: Call['req']): boolean =>
  askedHeaders(req).some((name) => name.toLowerCase() === 'x-target-server');
