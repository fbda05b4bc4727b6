import createFetchClient from 'openapi-fetch';
import type { Answer, HttpMethod, OwnTarget } from './call-types.ts';
import { checkOptions } from './check-options.ts';
import type { ClientOptions } from './client-surface.ts';
import { factsOf, HookgateError, invalidArgument, isHookgateError } from './hookgate-error.ts';
import { type OperationRoute, operationRoutes } from './operation-routes.ts';
import { fillPath } from './path.ts';
import { RequestDraft } from './request-draft.ts';
import { send } from './send.ts';
import { createKeySession, createTokenSession } from './session.ts';
import { createTokenCalls } from './token-calls.ts';

/** Options of a call, without the types of its operation. */
export interface UntypedOptions {
  readonly params?: { readonly query?: Record<string, unknown>; readonly header?: Record<string, unknown> };
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
  readonly body?: unknown;
}

/** Calls without types. Both throw `HookgateError` unless the response is 2xx. */
export interface Transport {
  /** `path` as in the document, with parameters in braces. `target`: default of `X-Target-Server`. */
  request(method: string, path: string, options?: UntypedOptions, target?: string): Promise<Answer<unknown>>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

interface Dispatch {
  readonly path: string;
  readonly target: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly isStreamed?: boolean;
}

/** The target of the gateway's own calls: paths outside of `/api` lead to it by themselves. */
export function ownTargetOf(path: string): OwnTarget | undefined {
  if (!path.startsWith('/api/')) return undefined;
  return path.startsWith('/api/v1/gateway/') ? 'gateway' : 'integration';
}

/** Whether a call with this `X-Target-Server` reaches the target that the routes of the document belong to. */
const isOwnTarget = (path: string, sent: string | null): boolean =>
  sent === null || sent === (ownTargetOf(path) ?? 'integration');

/** Adds credentials, target, organization and keys to requests, and sends them. Throws for invalid options. */
export function createTransport(options: ClientOptions): Transport {
  checkOptions(options);
  const { organization, retries = 3, timeoutMs = 30_000, totalTimeoutMs = 120_000 } = options;
  const baseUrl = toBaseUrl(options.url);
  const limits = { fetch: options.fetch ?? ((request: Request) => fetch(request)), retries, timeoutMs, totalTimeoutMs };
  const session = options.credentials
    ? createKeySession(options.credentials, createTokenCalls(baseUrl, limits), Date.now)
    : createTokenSession(options.token);
  const targetOf = (path: string): string | undefined => options.target ?? ownTargetOf(path);
  const base = createFetchClient<Record<string, Record<HttpMethod, object>>>({
    baseUrl,
    Request: RequestDraft as typeof Request,
    pathSerializer: fillPath,
  });

  function dispatch(draft: RequestDraft, { path, target, signal, isStreamed = false }: Dispatch): Promise<Response> {
    const { headers, method } = draft;
    const setDefault = (name: string, value: string | undefined): void => {
      if (value !== undefined && !headers.has(name)) headers.set(name, value);
    };
    setDefault('X-Target-Server', target);
    setDefault('X-Organization', organization);
    if (method === 'POST' && idempotentPosts.has(path) && isOwnTarget(path, headers.get('X-Target-Server')))
      setDefault('Idempotency-Key', randomKey());
    return send({ draft, signal, isStreamed }, { ...limits, session });
  }

  return {
    async request(method, path, { signal, ...rest } = {}, target = targetOf(path)) {
      checkPath(path);
      let answered: Response | undefined;
      const dispatched = async (draft: Request): Promise<Response> => {
        answered = await dispatch(draft as RequestDraft, { path, target, signal });
        return answered;
      };
      try {
        const init: Record<string, unknown> = { ...rest, fetch: dispatched };
        const { data, response } = await base.request(method as HttpMethod, path, init);
        return { data, response };
      } catch (error) {
        if (isHookgateError(error)) throw error;
        // Without the error itself, which quotes headers and bodies.
        if (!answered) throw invalidArgument('No request can be made of these options.');
        throw new HookgateError('INVALID_RESPONSE', 'The response is not JSON.', factsOf(answered));
      }
    },
    async fetch(path, { signal, ...init } = {}) {
      checkPath(path);
      const draft = draftOf(`${baseUrl}${path}`, init);
      return dispatch(draft, { path, target: targetOf(path), signal: signal ?? undefined, isStreamed: true });
    },
  };
}

const idempotentPosts: ReadonlySet<string> = new Set(
  Object.values<OperationRoute>(operationRoutes).flatMap(({ path, isIdempotent }) => (isIdempotent ? path : [])),
);

/** Also where `crypto.randomUUID` is missing: in pages that are not served by HTTPS. */
const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

function toBaseUrl(given: string | URL): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    throw invalidArgument('url is not an http or https address without user, query and fragment.');
  return url.href.replace(/\/+$/, '');
}

/** Without the cause, which quotes headers. */
function draftOf(url: string, init: RequestInit): RequestDraft {
  try {
    return new RequestDraft(url, init);
  } catch {
    throw invalidArgument('No request can be made of these options.');
  }
}

/** Without its slash, a path would prolong the name of the host. */
function checkPath(path: string): void {
  if (typeof path !== 'string' || !path.startsWith('/')) throw invalidArgument('The path does not start with a slash.');
}
