import type { RequestListener } from 'node:http';
import { badRequest, notServedHere, targetUnknown } from '../errors.ts';
import type { Principal } from '../plugin.ts';
import { andThen, type Rest } from './call/and-then.ts';
import { openCall } from './call/call.ts';
import type { Call, Target, Way } from './call/target.ts';
import type { TargetRegistry } from './call/target-registry.ts';
import { varyOfCallers } from './call/vary.ts';
import { authorize } from './caller/authorize.ts';
import { holdsBasic } from './caller/origin-check.ts';
import type { Reauthentication } from './caller/reauthentication.ts';
import { checkFraming } from './entry/framing.ts';
import type { Measure } from './entry/gateway-metrics.ts';
import { isPreflight } from './entry/preflight.ts';
import type { LimitRate } from './limits/rate-limit.ts';
import type { RequestMarks } from './server/client-connection.ts';

/** The steps that every request passes, in every role of the process. */
export interface EntryParts {
  setClientAddress: (call: Call) => void;
  logAccess: (call: Call) => void;
  measure: Measure;
  /** Returns or resolves to true when it has answered. */
  answerOwnPage: (call: Call) => Promise<boolean> | boolean;
  answerError: (call: Call, error: unknown) => void;
}

export interface GatewayParts extends EntryParts {
  /** Returns true when it has answered. */
  answerPreflight: (call: Call) => boolean;
  /** Called for requests with an `Origin`, once the caller may know the target. */
  settleCors: (call: Call) => void;
  registry: TargetRegistry;
  /** How the client named the gateway, seen through trusted proxies. */
  wayOf: (call: Call) => Way;
  /** Called for Basic credentials: at the entry, and once the caller and the target are known. */
  checkOrigin: (call: Call) => void;
  authenticate: (call: Call) => Promise<Principal> | Principal;
  reauthentication: Reauthentication;
  limitRate: LimitRate;
  /** Throws `OVERLOADED` when no memory is left for another request. */
  admit: () => void;
}

/**
 * The path of every request, from top to bottom. An error thrown by a step goes to the error handler, so the order of
 * the steps decides which error a caller sees: without credentials it never reveals which targets and paths exist.
 */
export function createGateway(parts: GatewayParts): RequestListener {
  const { registry, authenticate, reauthentication, limitRate } = parts;

  function serve(call: Call): Rest {
    checkFraming(call);
    findHost(call, parts);
    if (parts.answerPreflight(call)) return undefined;
    if (holdsBasic(call)) parts.checkOrigin(call);
    return andThen(parts.answerOwnPage(call), (isAnswered) => (isAnswered ? undefined : serveTarget(call)));
  }

  function serveTarget(call: Call): Rest {
    parts.admit();
    const found = find(call, registry);
    if (found.match && (found.match.isPublic || isForBackend(call))) return letIn(call);

    call.vary = varyOfCallers;
    return andThen(authenticate(call), (principal) => {
      call.principal = principal;
      (call.req as RequestMarks).hasCaller = true;
      if (holdsBasic(call)) parts.checkOrigin(call);
      if (hasOrigin(call)) parts.settleCors(call);
      if (!found.match) throw found.problem;
      authorize(call, found.match, principal);
      reauthentication.watch(call, breakOff);
      return serveInRate(call);
    });
  }

  function letIn(call: Call): Rest {
    if (hasOrigin(call)) parts.settleCors(call);
    return serveInRate(call);
  }

  const serveInRate = (call: Call): Rest => andThen(limitRate(call), () => serveMatch(call));

  return listen(parts, serve);
}

/** The path of a request to a process that only delivers (`ROLE=dispatcher`): own pages and nothing else. */
export function createOwnPagesEntry(parts: EntryParts): RequestListener {
  return listen(parts, (call) => {
    checkFraming(call);
    return andThen(parts.answerOwnPage(call), (isAnswered) => {
      if (!isAnswered) throw notServedHere();
      return undefined;
    });
  });
}

/** Resets the connection of a caller who has lost access: to an HTTP/1.0 client, a plain end would complete the response. */
export const breakOff = ({ req }: Call): void => void req.socket.resetAndDestroy();

function listen(parts: EntryParts, serve: (call: Call) => Rest): RequestListener {
  const fail = (call: Call, error: unknown): void => {
    try {
      parts.answerError(call, error);
    } catch {
      // If even the error cannot be answered, the caller must not be left waiting.
      call.res.destroy();
    }
  };
  return (req, res) => {
    const call = openCall(req, res);
    parts.setClientAddress(call);
    parts.logAccess(call);
    parts.measure.call(call);
    try {
      serve(call)?.catch((error: unknown) => fail(call, error));
    } catch (error) {
      fail(call, error);
    }
  };
}

const hasOrigin = ({ req }: Call): boolean => req.headers.origin !== undefined;

/** A preflight that the backend answers; it has no credentials. With the header, the target must stay hidden. */
const isForBackend = ({ req, target, targetName }: Call): boolean =>
  target?.cors === 'pass-through' && targetName === undefined && isPreflight(req);

const serveMatch = (call: Call): Rest => call.match?.serve(call);

/**
 * Finds the target that claims the request's host. `Host` itself comes first: a page can send any `X-Forwarded-Host`, and
 * not every trusted proxy removes it.
 */
export function findHost(call: Call, { registry, wayOf }: Pick<GatewayParts, 'registry' | 'wayOf'>): void {
  if (!registry.hasHosts) return;
  call.hostTarget = registry.byHost(call.req.headers.host ?? '') ?? registry.byHost(wayOf(call).host);
}

/** Finds target and route. A problem is returned, not thrown: it is answered once the caller is authenticated. */
export function find(call: Call, registry: TargetRegistry): { match: Call['match']; problem?: unknown } {
  const { targetName } = call;
  const target = targetOf(call, registry);
  if (!target) {
    const required = badRequest('TARGET_REQUIRED', 'The header X-Target-Server is required.');
    return { match: undefined, problem: targetName === undefined ? required : targetUnknown() };
  }
  call.target = target;
  const release = target.hold?.();
  if (release) call.onClosed(release);
  try {
    call.match = target.match(call.req.method ?? '', call.path);
    return { match: call.match };
  } catch (problem) {
    return { match: undefined, problem };
  }
}

/** Host, header and path select a target, in this order. On the host of a target, the header names no other one. */
function targetOf({ hostTarget, targetName, path }: Call, registry: TargetRegistry): Target | undefined {
  if (hostTarget) return targetName === undefined || targetName === hostTarget.name ? hostTarget : undefined;
  return targetName === undefined ? registry.byPath(path) : registry.byName(targetName);
}
