import { methodNotAllowed, notFound } from '../errors.ts';
import type { Call, Match, Target } from '../gateway/call/target.ts';
import type { Logger } from '../logger.ts';
import type { Use } from '../metering/tally.ts';
import type { RemoteTargetSettings } from '../target-definition.ts';
import { createForward } from './forwarding/forward.ts';
import { createMeter } from './forwarding/meter.ts';
import type { Forwarded } from './headers/forwarded.ts';
import { createPathRewrite, isBelow } from './headers/path-rewrite.ts';
import { createRequestHeaders } from './headers/request-headers.ts';
import { createHolds } from './holds.ts';
import { createHealthChecks } from './upstreams/health-checks.ts';
import { createUpstreams } from './upstreams/upstreams.ts';
import { createUpgradeMatch } from './websockets/upgrade.ts';

/** A backend behind the proxy, as an entry of the registry. */
export interface RemoteTarget extends Target {
  readonly settings: RemoteTargetSettings;
  /** Starts its health checks. */
  start(): void;
  /** Waits for calls in flight, then closes. Resolves when closed. */
  retire(): Promise<void>;
  /** Closes its connections at once. */
  close(): Promise<void>;
}

export interface RemoteTargetParts {
  readonly forwardedOf: (call: Call) => Forwarded;
  /** The key of a call's caller, for the division of connections. */
  readonly callerOf: (call: Call) => string;
  /** Counts a use of a product. */
  readonly count: (use: Use) => void;
  readonly logger: Logger;
  /** Called with the size of each chunk of a large body. */
  readonly passed: (bytes: number) => void;
}

/**
 * Refused methods: TRACE would reveal the headers that the gateway adds for the backend. CONNECT never gets this far.
 */
const refused = new Set(['TRACE', 'CONNECT']);
const allowed = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY'];

/** `source`: the place of the declaration, for messages. */
export function createRemoteTarget(
  settings: RemoteTargetSettings,
  source: string,
  parts: RemoteTargetParts,
): RemoteTarget {
  const upstreams = createUpstreams(settings, parts.logger);
  const rewrite = createPathRewrite(settings);
  const headersFor = createRequestHeaders({ settings, forwardedOf: parts.forwardedOf });
  const onAnswered = createMeter(settings, parts.count);
  const { callerOf, passed } = parts;
  const match: Match = {
    label: '(remote)',
    isPublic: settings.public,
    scopes: settings.scopes,
    organization: settings.public ? 'none' : 'optional',
    params: {},
    rateLimitPerMinute: settings.rateLimitPerMinute,
    serve: createForward({ settings, upstreams, rewrite, headersFor, callerOf, onAnswered, passed }),
    upgrade: createUpgradeMatch({ settings, upstreams, rewrite, headersFor }),
  };
  /** Answers 404 to strangers as well, like any call of a public target, and without counting the call. */
  const unknown: Match = { ...match, rateLimitPerMinute: 0 };
  const holds = createHolds();
  const healthChecks = createHealthChecks(settings, upstreams.all, parts.logger);
  const close = (): Promise<void> => {
    healthChecks.stop();
    return upstreams.close();
  };
  return {
    settings,
    name: settings.name,
    title: `target "${settings.name}" (${source})`,
    summary: '',
    prefixes: settings.prefixes,
    hosts: settings.hosts ?? [],
    cors: settings.cors,
    trusts: createTrust(settings),
    errorShapes: [],
    routes: [],
    upstreams: upstreams.all,
    match: (method, path) => {
      if (refused.has(method)) throw methodNotAllowed(allowed);
      if (isBelow(path, settings.stripPrefix)) return match;
      if (settings.public) return unknown;
      throw notFound();
    },
    hold: holds.hold,
    start: healthChecks.start,
    retire: () => {
      healthChecks.stop();
      return holds.released().then(close);
    },
    close,
  };
}

/**
 * Trusts the listed origins. On a public target with `pass-through` credentials and origins are the backend's affair.
 */
function createTrust(settings: RemoteTargetSettings): (origin: string) => boolean {
  const { cors, websocket } = settings;
  if (cors === 'pass-through' && settings.public) return () => true;
  const listed = new Set([...websocket.origins, ...(typeof cors === 'object' ? cors.origins : [])]);
  return (origin) => listed.has(origin);
}
