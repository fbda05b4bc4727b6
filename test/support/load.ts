import { Agent, request } from 'node:http';
import { afterPatience } from './patience.ts';

export interface LoadRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

/** The outcome of one request. */
export interface Outcome {
  /** `performance.now()` at the start and at the end of the request. */
  sentAt: number;
  endedAt: number;
  /** 0 when no complete answer arrived. */
  status: number;
  /** The `code` of an answer in the error format. */
  code: string | undefined;
  retryAfter: string | undefined;
  /** The reason for a missing answer. `ECONNREFUSED` means that no byte of the request was sent. */
  failure: string | undefined;
}

export interface Load {
  readonly outcomes: readonly Outcome[];
  /** Resolves at the next outcome for which `wanted` holds; rejects when the patience is over. */
  until(wanted: (outcome: Outcome) => boolean): Promise<Outcome>;
  /** Lets every caller finish its current request. */
  stop(): Promise<readonly Outcome[]>;
}

const untilTimeoutMs = 30_000;

/**
 * Sends requests from `callers` concurrent callers, each on its own keep-alive connection and without a pause between
 * requests. A caller stops when its connection is refused, because the server is gone.
 */
export function startLoad(url: string, callers: number, next: () => LoadRequest): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const outcomes: Outcome[] = [];
  const listeners = new Set<(outcome: Outcome) => void>();
  let stopping = false;

  const call = async (): Promise<void> => {
    while (!stopping) {
      const outcome = await send(agent, url, next());
      outcomes.push(outcome);
      for (const listener of listeners) listener(outcome);
      if (outcome.failure === 'ECONNREFUSED') return;
    }
  };
  const running = Array.from({ length: callers }, call);

  return {
    outcomes,
    until: (wanted) =>
      new Promise((resolve, reject) => {
        const finish = (act: () => void): void => {
          stopWaiting();
          listeners.delete(listener);
          act();
        };
        const listener = (outcome: Outcome): void => {
          if (wanted(outcome)) finish(() => resolve(outcome));
        };
        const stopWaiting = afterPatience(untilTimeoutMs, () =>
          finish(() => reject(new Error(`Not seen in time: ${String(wanted)}`))),
        );
        listeners.add(listener);
      }),
    stop: async () => {
      stopping = true;
      await Promise.all(running);
      agent.destroy();
      return outcomes;
    },
  };
}

function send(agent: Agent, url: string, { method, path, headers, body }: LoadRequest): Promise<Outcome> {
  const sentAt = performance.now();
  return new Promise((resolve) => {
    const end = (outcome: Partial<Outcome>): void =>
      resolve({
        sentAt,
        endedAt: performance.now(),
        status: 0,
        code: undefined,
        retryAfter: undefined,
        failure: undefined,
        ...outcome,
      });
    const fail = (error: NodeJS.ErrnoException): void => end({ failure: error.code ?? error.message });
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const outgoing = request(`${url}${path}`, { agent, method, headers: { ...headers, ...length } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
      });
      answer.once('error', fail);
      answer.once('end', () =>
        end({
          status: answer.statusCode ?? 0,
          code: /"code":"(\w+)"/.exec(text)?.[1],
          retryAfter: answer.headers['retry-after'],
        }),
      );
    });
    outgoing.once('error', fail);
    outgoing.end(body);
  });
}

/** Counts the outcomes by kind, for instance `{ 200: 10, '503 DATABASE_UNAVAILABLE': 2 }`. */
export function summary(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, code, failure } of outcomes) {
    const kind = failure ?? (code === undefined ? String(status) : `${status} ${code}`);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
