import express, { type Express } from 'express';
import type { RouteRequest } from '../../plugin.ts';
import { jsonType } from '../call/call.ts';
import type { Call } from '../call/target.ts';
import type { Next } from './until-answered.ts';
import type { Input } from './validation.ts';

/** Answers a call with Express's request and response in hand. */
export type Work = (req: RouteRequest, res: express.Response, call: Call) => unknown;

export function newExpress(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.response.json = json;
  return app;
}

/** `res.json` without what Express looks up each time: settings for etags and spaces, media types, freshness. */
function json(this: express.Response, body: unknown): express.Response {
  const text = JSON.stringify(body) ?? '';
  if (!this.hasHeader('Content-Type')) this.setHeader('Content-Type', jsonType);
  this.setHeader('Content-Length', Buffer.byteLength(text));
  return this.end(text);
}

/** What every handler finds on its request, besides what Express puts there. */
export function identify(call: Call): void {
  const { id, principal, organization } = call;
  Object.assign(call.req, { id, principal, organization });
}

/**
 * Makes `work` a handler that gets Express's request and response. The route has been found, so Express's own way from the
 * application through its router, which costs more than all that the gateway does, is left out.
 */
export function createExpressHandler(app: Express, work: Work): (call: Call, input: Input, next: Next) => void {
  return (call, input, next) => {
    const { params, query, body } = input;
    const req = Object.setPrototypeOf(call.req, app.request) as RouteRequest;
    const res = Object.setPrototypeOf(call.res, app.response) as express.Response;
    identify(call);
    Object.assign(req, { res, next, params, body, baseUrl: '', originalUrl: req.url });
    // Express defines `query` as a getter that would parse the text again.
    Object.defineProperty(req, 'query', { value: query });
    res.locals = {};
    answer(work, req, res, call).catch((error: unknown) => next(error ?? new Error('rejected without a reason')));
  };
}

async function answer(work: Work, req: RouteRequest, res: express.Response, call: Call): Promise<void> {
  await work(req, res, call);
}
