import type { Express, Response } from 'express';
import { isApiError, StartError, stackOf, unauthorized } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type {
  Answer,
  HandlerRoute,
  Plugin,
  PluginSurface,
  Route,
  RouteRequest,
  StatementRoute,
  TransactRoute,
} from '../../plugin.ts';
import { putHeaders } from '../call/call.ts';
import { requireOwnPage } from '../call/own-origin.ts';
import { type RouteDocument, toRouteDocument } from '../call/route-document.ts';
import type { SignInLimit } from '../call/sign-in-limit.ts';
import type { Call, Match, Target, Way } from '../call/target.ts';
import { covers } from '../call/target-registry.ts';
import { keepVary } from '../call/vary.ts';
import { answering, type Work } from './answer-check.ts';
import type { HeavyReads } from './heavy-reads.ts';
import type { Idempotency, Work as RouteWork } from './idempotency.ts';
import { createPathReader } from './path-spellings.ts';
import { createPluginApplication, enter, mountRoute } from './plugin-application.ts';
import { continueIfExpected, readJson } from './read-json.ts';
import { RouteTable } from './route-table.ts';
import { untilAnswered } from './until-answered.ts';
import { createValidation } from './validation.ts';

export interface PluginTargetParts {
  /** Name and file of the plugin, for messages. */
  title: string;
  idempotency: Idempotency;
  heavyReads: HeavyReads;
  signInLimit: SignInLimit;
  logger: Logger;
  bodyLimitBytes: number;
  /** Answers the calls below the prefix of the plugin's pages. */
  servePages?: ((call: Call) => Promise<void>) | undefined;
  /** How the client named the gateway, seen through trusted proxies. */
  wayOf: (call: Call) => Way;
}

type Serve = (call: Call, params: Readonly<Record<string, string>>) => Promise<void>;

const defaultTimeoutMs = 30_000;
const methodsWithBody = new Set(['POST', 'PUT', 'PATCH']);

/** Makes a plugin's surface an entry of the registry: its routes as data, then its pages, then its plain router. */
export function createPluginTarget(plugin: Plugin, surface: PluginSurface, parts: PluginTargetParts): Target {
  const app = createApplication(surface, parts);
  const table = new RouteTable<{ route: Route; serve: Serve }>();
  const documents: RouteDocument[] = [];
  for (const route of surface.routes ?? []) {
    try {
      table.add(route.method, route.path, { route, serve: createServe(plugin.name, route, parts, app) });
      if (!route.undocumented) documents.push(toRouteDocument(route));
    } catch (error) {
      throw new StartError(`Plugin ${parts.title}, ${route.method} ${route.path}: ${(error as Error).message}`);
    }
  }
  const readPath = createPathReader(plugin);
  const prefixes = new Set([
    ...(plugin.prefixes ?? []),
    ...Object.keys(plugin.prefixAliases ?? {}),
    ...(surface.pages ? [surface.pages.prefix] : []),
  ]);
  const behind = surface.router ? createRouterMatch(app, surface, parts.logger) : undefined;
  return {
    name: plugin.name,
    title: `plugin ${parts.title}`,
    summary: plugin.summary ?? '',
    prefixes: [...prefixes],
    errorShapes: plugin.errorShapes ?? [],
    routes: documents,
    tags: surface.tags ?? {},
    routerScopes: surface.router ? (surface.routerScopes ?? []) : [],
    match: (method, path) => {
      try {
        const { route, params } = table.find(method, readPath(path));
        return toMatch(route.route, params, (call) => route.serve(call, params));
      } catch (error) {
        const other = toPagesMatch(path, error, surface.pages, parts.servePages) ?? behind;
        if (other) return other;
        throw error;
      }
    },
  };
}

function createApplication(surface: PluginSurface, { title, wayOf }: PluginTargetParts): Express {
  try {
    return createPluginApplication(surface, wayOf);
  } catch (error) {
    throw new StartError(`Plugin ${title} failed in configureApp: ${stackOf(error)}`);
  }
}

function toMatch(route: Route, params: Readonly<Record<string, string>>, serve: Match['serve']): Match {
  const isPublic = route.public ?? false;
  return {
    label: route.path,
    isPublic,
    scopes: route.scopes ?? [],
    organization: isPublic ? 'none' : (route.organization ?? 'header'),
    params,
    serve,
  };
}

/** Below the prefix of the pages every path is public, and so is the list of methods of a route there. */
function toPagesMatch(
  path: string,
  problem: unknown,
  pages: PluginSurface['pages'],
  serve: PluginTargetParts['servePages'],
): Match | undefined {
  if (!pages || !serve || !covers(pages.prefix, path)) return undefined;
  const isRoute = isApiError(problem) && problem.code === 'METHOD_NOT_ALLOWED';
  return {
    label: `${pages.prefix}/*`,
    isPublic: true,
    scopes: [],
    organization: 'none',
    params: {},
    serve: isRoute ? () => Promise.reject(problem) : serve,
  };
}

function createServe(target: string, route: Route, parts: PluginTargetParts, app: Express): Serve {
  const { idempotency, heavyReads, signInLimit, logger, bodyLimitBytes, wayOf } = parts;
  const validate = createValidation(route);
  const hasBody = methodsWithBody.has(route.method);
  const limitBytes = Math.min(route.bodyLimit ?? bodyLimitBytes, bodyLimitBytes);
  const verbatim = new Set(route.verbatim);
  const work = route.transact ? transacting(target, route, idempotency) : handling(route, logger);
  const limited = route.heavy ? limiting(heavyReads, work) : work;
  const enterRoute = mountRoute(app, route, route.signIn ? signingIn(signInLimit, route.signIn, limited) : limited);
  const timeoutMs = route.timeoutMs ?? defaultTimeoutMs;

  return async (call, params) => {
    if (route.ownPages) requireOwnPage(call, wayOf(call));
    const body = hasBody ? await readJson(call.req, call.res, { limitBytes, verbatim }) : undefined;
    const input = validate(params, call.query, body);
    putHeaders(call);
    keepVary(call.res, call.vary);
    call.res.setHeader('Cache-Control', 'no-store');
    call.res.setHeader('X-Content-Type-Options', 'nosniff');
    await untilAnswered(call, timeoutMs, logger, (next) => enterRoute(call, input, next));
  };
}

const limiting =
  (heavyReads: HeavyReads, work: Work): Work =>
  (req, res, next, call) =>
    heavyReads.run(req.organization, () => work(req, res, next, call));

const signingIn =
  (limit: SignInLimit, userNameOf: NonNullable<Route['signIn']>, work: Work): Work =>
  (req, res, next, call) =>
    limit.run(call, userNameOf(req), () => work(req, res, next, call));

function handling(route: HandlerRoute, logger: Logger): Work {
  const work: Work = (req, res, next) => route.handler(req, res, next);
  return route.answersLater ? work : answering(work, logger);
}

function transacting(target: string, route: TransactRoute | StatementRoute, idempotency: Idempotency): Work {
  return async (req, res, _next, call) => {
    const { body, verbatim } = req;
    const action = { target, method: route.method, body, verbatim, prepare: () => route.prepare?.(req) };
    sendAnswer(res, await idempotency.run(call, action, workOf(route, req)));
  };
}

const workOf = (route: TransactRoute | StatementRoute, req: RouteRequest): RouteWork =>
  route.withoutTransaction
    ? { withoutTransaction: true, run: (db) => route.transact(req, db) }
    : { withoutTransaction: false, run: (trx) => route.transact(req, trx) };

function sendAnswer(res: Response, { status, body, headers = {} }: Answer): void {
  if (res.headersSent) return;
  res.status(status).set(headers);
  if (body === undefined) res.end();
  else res.json(body);
}

function createRouterMatch(app: Express, surface: PluginSurface, logger: Logger): Match {
  return {
    label: '(router)',
    isPublic: false,
    scopes: surface.routerScopes ?? [],
    organization: 'header',
    params: {},
    serve: async (call) => {
      if (!call.principal) throw unauthorized('no principal');
      putHeaders(call);
      keepVary(call.res, call.vary);
      call.res.setHeader('Cache-Control', 'no-store');
      continueIfExpected(call.req, call.res);
      await untilAnswered(call, defaultTimeoutMs, logger, (next) => enter(app, call, next));
    },
  };
}
