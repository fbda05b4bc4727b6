import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, Client } from './client.ts';
import type { RecordingBackend } from './recording-backend.ts';

/** Where the gateway is and how its target is reached. */
export interface Place {
  /** Its path, if it has one, stands in front of every path that is called. */
  readonly url: URL;
  /** Header lines that every good request needs, such as `X-Target-Server: billing`. */
  readonly lines: readonly string[];
}

export interface RequestParts {
  readonly method?: string;
  /** The whole request target. */
  readonly target: string;
  readonly version?: string;
  /** `Host`; null leaves it out. */
  readonly host?: string | null;
  readonly lines?: readonly string[];
  /** Sent as it is: what frames it is in `lines`. */
  readonly body?: string;
}

/** A gateway with a recording backend behind it, and what checks need to work with both. */
export interface Lab {
  readonly backend: RecordingBackend;
  /** How long an answer may take that should come at once. */
  readonly patienceMs: number;
  /** How long the gateway waits for the head of an answer; undefined when nobody has said. */
  readonly headersTimeoutMs: number | undefined;
  /** A path that no other request has; `rest` follows it. */
  path(rest?: string): string;
  /** A request with all that the gateway asks for, as bytes in a string. */
  request(parts: RequestParts): string;
  /** A new connection to the gateway. */
  open(methods?: readonly string[]): Promise<Client>;
  /** Sends a good request on a connection of its own and gives its answer. */
  call(parts: RequestParts): Promise<Answer>;
  /** Resolves once `condition` holds; throws `message` when it does not within the patience. */
  until(condition: () => boolean, message: string): Promise<void>;
  /** Throws unless a good request on a connection of its own comes to the backend and gets its own answer. */
  probe(): Promise<void>;
}

export interface LabOptions {
  readonly patienceMs?: number;
  readonly headersTimeoutMs?: number | undefined;
}

const defaultPatienceMs = 5000;
const pollMs = 5;
const probeMark = 'probe';

export function createLab(place: Place, backend: RecordingBackend, options: LabOptions = {}): Lab {
  const { patienceMs = defaultPatienceMs, headersTimeoutMs } = options;
  const base = place.url.pathname.replace(/\/$/, '');
  // Caches must not answer with what an earlier run has left.
  const run = randomBytes(4).toString('hex');
  let count = 0;
  const newPath = (mark: string, rest: string): string => {
    count += 1;
    return `${base}/${mark}-${run}-${String(count).padStart(6, '0')}${rest}`;
  };
  const lab: Lab = {
    backend,
    patienceMs,
    headersTimeoutMs,
    path: (rest = '') => newPath('check', rest),
    request: ({ method = 'GET', target, version = 'HTTP/1.1', host = place.url.host, lines = [], body = '' }) =>
      [
        `${method} ${target} ${version}`,
        ...(host === null ? [] : [`Host: ${host}`]),
        ...place.lines,
        ...lines,
        '',
        body,
      ].join('\r\n'),
    open: (methods) => Client.open(place.url, methods),
    call: async (parts) => {
      const client = await lab.open([parts.method ?? 'GET']);
      client.write(lab.request({ ...parts, lines: [...(parts.lines ?? []), 'Connection: close'] }));
      return client.answer(1, patienceMs).finally(() => client.socket.destroy());
    },
    until: async (condition, message) => {
      const deadline = performance.now() + patienceMs;
      while (!condition()) {
        if (performance.now() > deadline) throw new Error(message);
        await pause(pollMs);
      }
    },
    probe: async () => {
      const target = newPath(probeMark, '');
      const { status, text } = await lab.call({ target });
      if (status === 200 && text === `GET ${target}`) return;
      throw new Error(
        `the next request got an answer that is not its own: ${status} ${JSON.stringify(text.slice(0, 200))}`,
      );
    },
  };
  return lab;
}

/** Requests that `probe` has made are no part of what is checked. */
export const isProbe = (target: string): boolean => target.includes(`/${probeMark}-`);
