import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, Client } from './client.ts';
import type { RecordingBackend } from './recording-backend.ts';

/** The address of the gateway and the headers that select its target. */
export interface Place {
  /** A path in it is prefixed to every request path. */
  readonly url: URL;
  /** Header lines that every valid request needs, such as `X-Target-Server: billing`. */
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
  /** Sent as it is; its framing headers belong in `lines`. */
  readonly body?: string;
}

/** A gateway with a recording backend behind it, and the tools that checks use. */
export interface Lab {
  readonly backend: RecordingBackend;
  /** Milliseconds to wait for events that should occur at once. */
  readonly patienceMs: number;
  /** Response timeout of the gateway in milliseconds; undefined if unknown. */
  readonly headersTimeoutMs: number | undefined;
  /** A path that no other request uses, followed by `rest`. */
  path(rest?: string): string;
  /** A valid request as the gateway requires it, one character per byte. */
  request(parts: RequestParts): string;
  /** Opens a new connection to the gateway. */
  open(methods?: readonly string[]): Promise<Client>;
  /** Sends a valid request on a separate connection and resolves to its response. */
  call(parts: RequestParts): Promise<Answer>;
  /** Resolves when `condition` holds; rejects with `message` after `patienceMs`. */
  until(condition: () => boolean, message: string): Promise<void>;
  /**
   * Checks that a valid request on a separate connection reaches the backend and gets its own response; rejects
   * otherwise.
   */
  probe(): Promise<void>;
}

export interface LabOptions {
  readonly patienceMs?: number;
  /** Milliseconds to wait for the responses of `call` and `probe`. Default: `patienceMs`. */
  readonly answerMs?: number;
  readonly headersTimeoutMs?: number | undefined;
}

const defaultPatienceMs = 5000;
const pollMs = 5;
const probeMark = 'probe';

export function createLab(place: Place, backend: RecordingBackend, options: LabOptions = {}): Lab {
  const { patienceMs = defaultPatienceMs, answerMs = patienceMs, headersTimeoutMs } = options;
  const base = place.url.pathname.replace(/\/$/, '');
  // A random part, so that caches cannot respond with results of an earlier run.
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
      return client.answer(1, answerMs).finally(() => client.socket.destroy());
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
      throw new Error(`the next request got an unexpected response: ${status} ${JSON.stringify(text.slice(0, 200))}`);
    },
  };
  return lab;
}

/** Requests of `probe` are not part of the check. */
export const isProbe = (target: string): boolean => target.includes(`/${probeMark}-`);
