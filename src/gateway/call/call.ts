import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { methodNotAllowed } from '../../errors.ts';
import type { Call } from './target.ts';
import { mergeVary, varyOfAll } from './vary.ts';

const safeRequestId = /^[A-Za-z0-9._-]{1,64}$/;

export function openCall(req: IncomingMessage, res: ServerResponse): Call {
  const url = req.url ?? '';
  const mark = url.indexOf('?');
  const givenId = req.headers['x-request-id'];
  const id = typeof givenId === 'string' && safeRequestId.test(givenId) ? givenId : randomUUID();
  return {
    req,
    res,
    id,
    headers: ['X-Request-Id', id],
    vary: varyOfAll,
    cors: undefined,
    startedAt: performance.now(),
    onClosed: createClosing(res),
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? '' : url.slice(mark + 1),
    targetName: req.headers['x-target-server'] as string | undefined,
    authorization: req.headers.authorization,
    clientAddress: req.socket.remoteAddress ?? '',
    hostTarget: undefined,
    target: undefined,
    match: undefined,
    principal: undefined,
    organization: '',
    upstreamMs: undefined,
    failure: undefined,
    failureCode: undefined,
  };
}

function createClosing(res: ServerResponse): Call['onClosed'] {
  const callbacks: (() => void)[] = [];
  // 'close' is emitted once; `once` would cost more.
  res.on('close', () => {
    for (const callback of callbacks) callback();
  });
  return (callback) => {
    if (res.closed) queueMicrotask(callback);
    else callbacks.push(callback);
  };
}

/** Moves the gateway's own headers to the response; a second call adds nothing. */
export function putHeaders(call: Call): void {
  const { headers, res } = call;
  if (call.cors) headers.push(...call.cors.own);
  call.cors = undefined;
  for (let index = 0; index < headers.length; index += 2)
    res.setHeader(headers[index] as string, headers[index + 1] as string);
  headers.length = 0;
  const known = res.getHeader('Vary');
  res.setHeader('Vary', known === undefined ? call.vary : mergeVary(call.vary, String(known)));
}

export const jsonType = 'application/json; charset=utf-8';

/** Sends JSON with `Cache-Control: no-store`, as a string: Node writes it in one piece with the headers. */
export function sendJson(call: Call, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const { res } = call;
  const text = JSON.stringify(body);
  putHeaders(call);
  res.writeHead(status, {
    'Content-Type': jsonType,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
    'Content-Length': String(Buffer.byteLength(text)),
  });
  res.end(text);
}

/** Leads to another path of this host. Browsers ask again each time. */
export function redirect(call: Call, status: 302 | 308, location: string): void {
  putHeaders(call);
  call.res.writeHead(status, { Location: location, 'Cache-Control': 'no-cache', 'Content-Length': '0' }).end();
}

export const isReading = ({ req }: Call): boolean => req.method === 'GET' || req.method === 'HEAD';

/** The status to report when the client disconnected before the response. */
const clientGone = 499;

/** The status of a call whose response has ended or broken off; the head of a 101 is not written by Node. */
export const statusOf = ({ res }: Call): number =>
  res.headersSent || res.statusCode === 101 ? res.statusCode : clientGone;

/** Accepts GET and HEAD only. Throws `METHOD_NOT_ALLOWED`. */
export function onlyReading(call: Call): void {
  if (!isReading(call)) throw methodNotAllowed(['GET', 'HEAD']);
}
