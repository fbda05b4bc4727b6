import { Agent, request } from 'node:http';

export interface LoadRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

/** What became of one request. */
export interface Outcome {
  /** `performance.now()` when it was sent and when it was over. */
  sentAt: number;
  endedAt: number;
  /** 0 when there was no whole answer. */
  status: number;
  /** The `code` of an answer in the error format. */
  code: string | undefined;
  retryAfter: string | undefined;
  /** Why there was no answer; `ECONNREFUSED` means that not a byte of the request has left. */
  failure: string | undefined;
}

export interface Load {
  readonly outcomes: readonly Outcome[];
  /** Resolves at the first outcome for which `wanted` holds, from now on; rejects after 30 s. */
  until(wanted: (outcome: Outcome) => boolean): Promise<Outcome>;
  /** Lets every caller finish its request. */
  stop(): Promise<readonly Outcome[]>;
}

const untilTimeoutMs = 30_000;

/**
 * Sends requests from `callers` callers at once, each on a connection that it keeps and the next as soon as the last is
 * answered. A caller whose connection is refused ends, as there is nobody to talk to any more.
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
          clearTimeout(timer);
          listeners.delete(listener);
          act();
        };
        const listener = (outcome: Outcome): void => {
          if (wanted(outcome)) finish(() => resolve(outcome));
        };
        const timer = setTimeout(
          () => finish(() => reject(new Error(`Not seen in time: ${String(wanted)}`))),
          untilTimeoutMs,
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

/** How many outcomes there are of each kind, for instance `{ 200: 10, '503 DATABASE_UNAVAILABLE': 2 }`. */
export function summary(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, code, failure } of outcomes) {
    const kind = failure ?? (code === undefined ? String(status) : `${status} ${code}`);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
