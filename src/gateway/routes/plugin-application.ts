import express, { type Express, type NextFunction, type Request, type Response, Router } from 'express';
import type { PluginSurface, Route, RouteRequest } from '../../plugin.ts';
import { parseTraceparent } from '../../traceparent.ts';
import { ownOriginOf } from '../call/own-origin.ts';
import type { Call, Way } from '../call/target.ts';
import { checkRouter, recognizeExpress, type Work } from './answer-check.ts';
import type { Next } from './until-answered.ts';
import type { Input } from './validation.ts';

/** The route that the gateway has found for a call, with the call's checked input. */
interface Entrance {
  readonly layer: Layer;
  readonly input: Input;
  readonly call: Call;
}

type Layer = Router['stack'][number];

const entrance = Symbol('entrance');

type EnteringRequest = Request & { [entrance]?: Entrance };

/**
 * A plugin's Express application. The gateway has found a call's route before it knows the caller, so the first layer enters
 * exactly that route, and Express matches no paths. The plugin's plain router follows, then the layers of `configureApp`.
 */
export function createPluginApplication({ router, configureApp }: PluginSurface, wayOf: (call: Call) => Way): Express {
  const app = express();
  // Getters of the prototype cost calls nothing that do not read them.
  Object.defineProperties(app.request, {
    publicOrigin: {
      get(this: EnteringRequest) {
        const call = this[entrance]?.call;
        return call && ownOriginOf(call, wayOf(call));
      },
    },
    traceparent: {
      get(this: EnteringRequest) {
        const { traceparent } = this.headers;
        return typeof traceparent === 'string' && parseTraceparent(traceparent) ? traceparent : undefined;
      },
    },
  });
  app.disable('x-powered-by');
  app.disable('etag');
  recognizeExpress(app);
  app.use((req: EnteringRequest, res, next) => {
    const found = req[entrance];
    if (found) found.layer.handle(req, res, next);
    else next();
  });
  if (router) {
    checkRouter(router);
    app.use(behindRoutes(router));
  }
  configureApp?.(app);
  return app;
}

/** A route's `next()` passes the plain router over: the caller has been checked for the route, not for the router's scopes. */
function behindRoutes(router: Router): Router {
  const gate = (req: EnteringRequest, _res: Response, next: NextFunction) => next(req[entrance] && 'router');
  return Router().use(gate, router);
}

/**
 * Mounts a route on its plugin's application, and returns the function by which a call enters it. The route's layer is entered
 * directly: a router that matched the path again would cost another 4 µs of processor time.
 */
export function mountRoute(app: Express, route: Route, work: Work): (call: Call, input: Input, next: Next) => void {
  const router = Router();
  const method = route.method.toLowerCase() as Lowercase<Route['method']>;
  router.route(route.path)[method]((req: EnteringRequest, res, next) => {
    const { input, call } = req[entrance] as Entrance;
    req.params = input.params as typeof req.params;
    return work(req as unknown as RouteRequest, res, next, call);
  });
  const layer = router.stack[0] as Layer;
  return (call, input, next) => {
    // Express defines `query` as a getter that would parse the text again.
    Object.defineProperty(call.req, 'query', { value: input.query });
    const { body, verbatim } = input;
    Object.assign(call.req, { body, verbatim, [entrance]: { layer, input, call } });
    enter(app, call, next);
  };
}

/** Hands a call to its plugin's application, with the gateway's findings on the request. */
export function enter(app: Express, call: Call, next: Next): void {
  const { id, principal, organization, req, res } = call;
  Object.assign(req, { id, principal, organization });
  app(req as Request, res as Response, next);
}
