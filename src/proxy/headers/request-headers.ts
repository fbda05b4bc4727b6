import type { Call } from '../../gateway/call/target.ts';
import { isPreflight } from '../../gateway/entry/preflight.ts';
import type { RemoteTargetSettings } from '../../target-definition.ts';
import type { Forwarded } from './forwarded.ts';
import { hopByHop, namedByConnection, proxyPrefix } from './hop-by-hop.ts';
import { createIdentityHeaders } from './identity-headers.ts';
import { createTraceContext } from './trace-context.ts';

/**
 * Client headers that are never forwarded: headers that the gateway itself sets, credentials for the gateway, and
 * headers from which some backends take a path other than the authorised one.
 */
const ours = new Set([
  'api-key',
  'api-secret',
  'expect',
  'forwarded',
  'host',
  'traceparent',
  'tracestate',
  'x-original-url',
  'x-real-ip',
  'x-request-id',
  'x-rewrite-url',
  'x-target-server',
]);

export interface RequestHeaderParts {
  readonly settings: Pick<
    RemoteTargetSettings,
    'public' | 'forwardAuthorization' | 'preserveHost' | 'headers' | 'cors'
  >;
  readonly forwardedOf: (call: Call) => Forwarded;
}

/** Builds a call's headers for an upstream with this `Host`, as alternating names and values. */
export function createRequestHeaders({ settings, forwardedOf }: RequestHeaderParts) {
  const { preserveHost, headers } = settings;
  const dropped = new Set([...hopByHop, ...ours, ...headers.remove.map(toLowerCase)]);
  for (const name of Object.keys(headers.set)) dropped.add(name.toLowerCase());
  if (!settings.public && !settings.forwardAuthorization) dropped.add('authorization');
  const own = Object.entries(headers.set).flat();
  /** A preflight reaches the backend without having been let in. */
  const droppedFromPreflight = new Set([...dropped, 'authorization', 'cookie']);
  const identityOf = createIdentityHeaders();
  const traceOf = createTraceContext();

  return (call: Call, upstreamHost: string): string[] => {
    const { req } = call;
    const { rawHeaders } = req;
    const forwarded = forwardedOf(call);
    const trace = traceOf(req.headers.traceparent as string | undefined);
    const result = ['Host', preserveHost && forwarded.host !== '' ? forwarded.host : upstreamHost];
    const named = namedByConnection(req.headers.connection);
    const unwanted = settings.cors === 'pass-through' && isPreflight(req) ? droppedFromPreflight : dropped;
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const name = rawHeaders[index] as string;
      if (!isDropped(toLowerCase(name), unwanted, named)) result.push(name, rawHeaders[index + 1] as string);
    }
    result.push('X-Request-Id', call.id, 'traceparent', trace.traceparent);
    const state = req.headers.tracestate;
    if (trace.isContinued && state !== undefined) result.push('tracestate', String(state));
    result.push('X-Forwarded-For', forwarded.client, 'X-Forwarded-Proto', forwarded.protocol);
    if (forwarded.host !== '') result.push('X-Forwarded-Host', forwarded.host);
    if (call.principal) result.push(...identityOf(call.principal, call.organization));
    result.push(...own);
    return result;
  };
}

function isDropped(name: string, dropped: ReadonlySet<string>, named: ReadonlySet<string> | undefined): boolean {
  if (dropped.has(name) || named?.has(name)) return true;
  if (name.startsWith('x-forwarded-') || name.startsWith('x-user-') || name.startsWith(proxyPrefix)) return true;
  // CGI-style servers read `_` and `-` as the same character.
  if (!name.includes('_')) return false;
  const read = name.replaceAll('_', '-');
  return read === 'content-length' || isDropped(read, dropped, named);
}

const toLowerCase = (text: string): string => text.toLowerCase();
