import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Express, NextFunction, Response, Router } from 'express';
import type { Logger } from '../../logger.ts';
import type { RouteRequest } from '../../plugin.ts';
import type { Call } from '../call/target.ts';

/** Answers a call with Express's request and response in hand. */
export type Work = (req: RouteRequest, res: Response, next: NextFunction, call: Call) => unknown;

/** Responses that Express answers later, by a callback of its own. */
const answeredByExpress = new WeakSet<ServerResponse>();

/**
 * Checks that a handler has answered when it is done. A promise that resolves without an answer is rejected, so the caller gets
 * 500 at once. A function that returns no promise may still answer by a callback: a warning names its route once, and its
 * deadline applies.
 */
export function answering(work: Work, logger: Logger): Work {
  let isNamed = false;
  return (req, res, next, call) => {
    const outcome = watch(res, next);
    const result = work(req, res, outcome.next, call);
    if (result instanceof Promise) return result.then(outcome.require);
    if (outcome.isOpen() && !isNamed) {
      isNamed = true;
      logger.warn('handler returned without an answer, and its route does not declare answersLater', {
        request_id: call.id,
        target: call.target?.name,
        route: call.match?.label,
      });
    }
    return result;
  };
}

/** Checks the handlers of a plain router that return promises; for others it cannot tell whether they answer later. */
export function checkRouter(router: Router): void {
  for (const layer of router.stack) {
    if (layer.route) for (const inner of layer.route.stack) inner.handle = checked(inner.handle);
    else if ('stack' in layer.handle) checkRouter(layer.handle as unknown as Router);
    else layer.handle = checked(layer.handle);
  }
}

type Handle = Router['stack'][number]['handle'];

function checked(handle: Handle): Handle {
  // Express takes a function of four parameters for error middleware.
  if (handle.length > 3) return handle;
  return ((req: IncomingMessage, res: Response, next: NextFunction) => {
    const outcome = watch(res, next);
    const result: unknown = Reflect.apply(handle, undefined, [req, res, outcome.next]);
    if (!(result instanceof Promise)) return result;
    // Express 4, which a package may bring, does not look at promises: a rejection would end nowhere.
    return result.then(outcome.require).catch((error: unknown) => next(error ?? new Error('Rejected promise')));
  }) as unknown as Handle;
}

function watch(res: Response, next: NextFunction) {
  let hasNext = false;
  const isOpen = (): boolean => !hasNext && !isHandedOver(res);
  return {
    next: ((...args: Parameters<NextFunction>) => {
      hasNext = true;
      next(...args);
    }) as NextFunction,
    isOpen,
    require: (value: unknown): unknown => {
      if (isOpen()) throw new Error('The handler ended without an answer.');
      return value;
    },
  };
}

/** The response has begun or ended, a stream is piped into it, or Express answers later. */
const isHandedOver = (res: ServerResponse): boolean =>
  res.headersSent || res.closed || res.listenerCount('unpipe') > 0 || answeredByExpress.has(res);

/** Recognizes `res.sendFile`, `res.download` (which calls it) and `res.render`, which answer by a callback. */
export function recognizeExpress(app: Express): void {
  for (const name of ['sendFile', 'render'] as const) {
    const answer: unknown = app.response[name];
    Object.defineProperty(app.response, name, {
      value(this: Response, ...args: unknown[]) {
        answeredByExpress.add(this);
        return Reflect.apply(answer as () => void, this, args);
      },
    });
  }
}
