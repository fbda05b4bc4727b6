import express, { type Express } from 'express';
import { handlerTimeout, notFound, StartError, unauthorized } from '../errors.ts';
import { describeError, type Logger } from '../logger.ts';
import { type RouteDocument, toRouteDocument } from '../openapi/route-document.ts';
import type { Answer, HandlerRoute, Plugin, PluginSurface, Route, RouteRequest, TransactRoute } from '../plugin.ts';
import { type Call, sendJson } from './call.ts';
import type { Idempotency } from './idempotency.ts';
import { readJson } from './read-json.ts';
import { RouteTable } from './route-table.ts';
import type { Match, Target } from './target.ts';
import { createValidation, type Input } from './validation.ts';

export interface PluginTargetParts {
  /** Name and file of the plugin, for messages. */
  title: string;
  idempotency: Idempotency;
  logger: Logger;
  bodyLimitBytes: number;
}

type Serve = (call: Call, params: Readonly<Record<string, string>>) => Promise<void>;

const defaultTimeoutMs = 30_000;
const methodsWithBody = new Set(['POST', 'PUT', 'PATCH']);

/** Makes a plugin's surface an entry of the registry: its routes as data, then its plain router. */
export function createPluginTarget(plugin: Plugin, surface: PluginSurface, parts: PluginTargetParts): Target {
  const table = new RouteTable<{ route: Route; serve: Serve }>();
  const documents: RouteDocument[] = [];
  for (const route of surface.routes ?? []) {
    try {
      table.add(route.method, route.path, { route, serve: createServe(plugin.name, route, parts) });
      documents.push(toRouteDocument(route));
    } catch (error) {
      throw new StartError(`Plugin ${parts.title}, ${route.method} ${route.path}: ${(error as Error).message}`);
    }
  }
  const behind = surface.router ? createRouterMatch(surface, parts.logger) : undefined;
  return {
    name: plugin.name,
    title: `plugin ${parts.title}`,
    summary: plugin.summary ?? '',
    prefixes: plugin.prefixes ?? [],
    routes: documents,
    match: (method, path) => {
      try {
        const { route, params } = table.find(method, path);
        return toMatch(route.route, params, (call) => route.serve(call, params));
      } catch (error) {
        if (behind) return behind;
        throw error;
      }
    },
  };
}

function toMatch(route: Route, params: Readonly<Record<string, string>>, serve: Match['serve']): Match {
  const isPublic = route.public ?? false;
  return {
    label: route.path,
    isPublic,
    scopes: route.scopes ?? [],
    organization: isPublic ? 'none' : (route.organization ?? 'header'),
    params,
    isSignIn: route.signIn ?? false,
    serve,
  };
}

function createServe(target: string, route: Route, { idempotency, logger, bodyLimitBytes }: PluginTargetParts): Serve {
  const validate = createValidation(route);
  const hasBody = methodsWithBody.has(route.method);
  const app = createExpress(route.transact ? transacting(target, route, idempotency) : handling(route));

  return async (call, params) => {
    const raw = hasBody ? await readJson(call.req, bodyLimitBytes) : undefined;
    const input = validate(params, call.query, raw);
    call.res.setHeader('Cache-Control', 'no-store');
    call.res.setHeader('X-Content-Type-Options', 'nosniff');
    const late = reportLate(logger, call);
    await withinTime(route.timeoutMs ?? defaultTimeoutMs, call, run(app, call, late, input), late);
  };
}

type Work = (req: RouteRequest, res: express.Response, call: Call) => unknown;

const handling =
  (route: HandlerRoute): Work =>
  (req, res) =>
    route.handler(req, res);

function transacting(target: string, route: TransactRoute, idempotency: Idempotency): Work {
  return async (req, _res, call) => {
    const answer = await idempotency.run(call, { target, method: route.method, body: req.body }, (trx) =>
      route.transact(req, trx),
    );
    sendAnswer(call, answer);
  };
}

function sendAnswer(call: Call, { status, body, headers = {} }: Answer): void {
  if (call.res.headersSent) return;
  if (body !== undefined) sendJson(call, status, body, headers);
  else call.res.writeHead(status, headers).end();
}

const carried = Symbol('what the gateway knows of a request');

interface Carrying {
  [carried]: { call: Call; input: Partial<Input> };
}

/** An Express application of one handler: routing is done, but handlers get Express's request and response. */
function createExpress(work: Work): Express {
  const app = newExpress();
  app.use((req, res) => {
    const { call, input } = (req as unknown as Carrying)[carried];
    Object.assign(req, { params: input.params, body: input.body });
    // Express defines `query` as a getter that would parse the text again.
    Object.defineProperty(req, 'query', { value: input.query });
    return work(req as unknown as RouteRequest, res, call);
  });
  return app;
}

function newExpress(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  return app;
}

type Late = (error: unknown) => void;

/** The caller has had an answer; only the log can still say that something went wrong. */
const reportLate =
  (logger: Logger, call: Call): Late =>
  (error) =>
    logger.error('failed after its answer', {
      request_id: call.id,
      route: call.match?.label,
      ...describeError(error),
    });

/**
 * Resolves when the answer has been handed to the socket; rejects with what the handler threw, or if nobody took the call.
 * What is thrown after the answer goes to `late`.
 */
function run(app: Express, call: Call, late: Late, input: Partial<Input> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const { id, principal, organization } = call;
    Object.assign(call.req, { id, principal, organization, [carried]: { call, input } });
    call.res.once('close', resolve);
    app(call.req as express.Request, call.res as express.Response, (error: unknown) => {
      if (!call.res.closed) reject(error ?? notFound());
      else if (error !== undefined) late(error);
    });
  });
}

/** Rejects with `HANDLER_TIMEOUT` when an answer has not begun in time; what `work` throws after that goes to `late`. */
async function withinTime(limitMs: number, call: Call, work: Promise<void>, late: Late): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      if (call.res.headersSent) return;
      work.catch(late);
      reject(handlerTimeout());
    }, limitMs);
  });
  try {
    await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

function createRouterMatch(surface: PluginSurface, logger: Logger): Match {
  const app = newExpress();
  if (surface.router) app.use(surface.router);
  return {
    label: '(router)',
    isPublic: false,
    scopes: surface.routerScopes ?? [],
    organization: 'header',
    params: {},
    isSignIn: false,
    serve: async (call) => {
      if (!call.principal) throw unauthorized('no principal');
      call.res.setHeader('Cache-Control', 'no-store');
      const late = reportLate(logger, call);
      await withinTime(defaultTimeoutMs, call, run(app, call, late), late);
    },
  };
}
