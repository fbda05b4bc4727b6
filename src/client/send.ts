import { errorOfResponse, HookgateError, isHookgateError, isRefusal } from './hookgate-error.ts';
import { readResponse } from './read-response.ts';
import type { RequestDraft } from './request-draft.ts';
import { delayBeforeRetry, isRepeatable } from './retries.ts';
import type { Session } from './session.ts';
import { pause, untilAborted } from './time-limit.ts';

export interface SendOptions {
  readonly fetch: (request: Request) => Promise<Response>;
  /** Undefined for calls without credentials. */
  readonly session: Session | undefined;
  /** Attempts after the first. */
  readonly retries: number;
  /** Milliseconds of one attempt. */
  readonly timeoutMs: number;
  /** Milliseconds of a call with its retries. */
  readonly totalTimeoutMs: number;
}

export interface Sent {
  readonly draft: RequestDraft;
  readonly signal: AbortSignal | undefined;
  /** The response is returned at its head, and its body is not limited. */
  readonly isStreamed?: boolean;
  /** Overrules the method: a call without effect. */
  readonly isHarmless?: boolean;
}

/** The time limit that ends first. */
interface Limit {
  readonly name: 'timeoutMs' | 'totalTimeoutMs';
  /** As set. */
  readonly ms: number;
  readonly leftMs: number;
}

interface Failure {
  readonly error: HookgateError;
  /** The gateway refused the credentials: the call reached no target. */
  readonly isRefused: boolean;
}

/** Sends a request until it succeeds, with retries where they are safe. Returns a 2xx response; throws `HookgateError`. */
export async function send(call: Sent, options: SendOptions): Promise<Response> {
  try {
    return await sendInTime(call, options, performance.now() + options.totalTimeoutMs);
  } catch (error) {
    if (call.signal?.aborted)
      throw new HookgateError('ABORTED', 'The call was aborted.', { cause: call.signal.reason });
    throw error;
  }
}

async function sendInTime(call: Sent, options: SendOptions, end: number): Promise<Response> {
  const { draft, signal } = call;
  const limitOfCall = (): Limit => ({
    name: 'totalTimeoutMs',
    ms: options.totalTimeoutMs,
    leftMs: end - performance.now(),
  });
  const limitOfAttempt = { name: 'timeoutMs', ms: options.timeoutMs, leftMs: options.timeoutMs } as const;
  const tokenOf = (token: Promise<string>): Promise<string> => untilToken(token, signal, limitOfCall());
  const session = draft.headers.has('authorization') ? undefined : options.session;
  const mayRepeat = !draft.isStream && (call.isHarmless || isRepeatable(draft.method, draft.headers));
  let token = session && (await tokenOf(session.token()));
  let isReplaced = false;
  for (let retries = 0; ; ) {
    const whole = limitOfCall();
    const limit = whole.leftMs < limitOfAttempt.leftMs ? whole : limitOfAttempt;
    const result = await attempt(call, token, limit, options.fetch);
    if (!('isRefused' in result)) return result;
    const { error, isRefused } = result;
    if (isRefused && session && token !== undefined && !isReplaced && !draft.isStream) {
      const refused = token;
      token = await tokenOf(session.replace(refused));
      isReplaced = true;
      if (token === refused) throw error;
      continue;
    }
    const delay = mayRepeat && retries < options.retries ? delayBeforeRetry(retries, error) : undefined;
    if (delay === undefined || performance.now() + delay >= end) throw error;
    await pause(delay, signal);
    retries += 1;
  }
}

/** A sign-in is shared by many calls, so that the end of one call does not end it. */
async function untilToken(token: Promise<string>, signal: AbortSignal | undefined, limit: Limit): Promise<string> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(timeout('No token', limit)), timerMs(limit));
  try {
    return await untilAborted(token, signal ? AbortSignal.any([over.signal, signal]) : over.signal);
  } finally {
    clearTimeout(timer);
  }
}

const timeout = (missing: string, { name, ms }: Limit): HookgateError =>
  new HookgateError('TIMEOUT', `${missing} within the ${ms} ms of ${name}.`);

/** Timers of more than 24 days would end at once. */
const timerMs = ({ leftMs }: Limit): number => Math.min(Math.max(leftMs, 0), 2 ** 31 - 1);

/** One request: a 2xx response, or a failure. */
async function attempt(
  { draft, signal, isStreamed = false }: Sent,
  token: string | undefined,
  limit: Limit,
  fetch: SendOptions['fetch'],
): Promise<Response | Failure> {
  const failed = (error: HookgateError, isRefused = false): Failure => ({ error, isRefused });
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), timerMs(limit));
  const either = signal ? AbortSignal.any([over.signal, signal]) : over.signal;
  try {
    const response = await untilAborted(fetch(draft.toRequest(token, either)), either);
    if (response.ok && isStreamed) return response;
    const whole = await untilAborted(readResponse(response), either);
    if (whole.ok) return whole;
    const text = await whole.text();
    return failed(errorOfResponse(whole, text, Date.now()), isRefusal(whole, text));
  } catch (error) {
    if (signal?.aborted || isHookgateError(error)) throw error;
    if (over.signal.aborted) return failed(timeout('No complete response', limit));
    return failed(
      new HookgateError('NETWORK_ERROR', 'The gateway cannot be reached, or the connection was lost.', {
        cause: error,
      }),
    );
  } finally {
    clearTimeout(timer);
  }
}
