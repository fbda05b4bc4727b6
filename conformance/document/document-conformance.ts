import { setTimeout as pause } from 'node:timers/promises';
import { type Json, readApiDocument } from './api-document.ts';
import { rulesOf } from './beyond-schemas.ts';
import { startDocumentProxy } from './document-proxy.ts';
import { type Answer, addressOf, type Call, type Step, walkExamples } from './example-walk.ts';
import type { Violation } from './exchange-check.ts';
import { variantsOf } from './variants.ts';

export interface DocumentOptions {
  /** The gateway. */
  readonly url: URL;
  /** Sent as `Authorization: Bearer` with every call that needs credentials. */
  readonly token: string;
  /** Bodies in place of examples, by call. */
  readonly bodies?: Readonly<Record<string, unknown>>;
  /** One in so many variants of the examples is sent; `Infinity`: none. */
  readonly every: number;
  /** Milliseconds for a delivery in flight to end. */
  readonly patienceMs?: number;
}

export interface DocumentReport {
  readonly calls: number;
  /** Calls by status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
  /** The examples, in the order of the document. */
  readonly steps: readonly Step[];
  /** Valid requests that were refused, by the rule that JSON Schema cannot express. */
  readonly refusedByRule: Readonly<Record<string, number>>;
}

const defaultPatienceMs = 15_000;

/**
 * Sends the examples of the gateway's document, and variants of them, through a proxy that compares every call with the document.
 * The calls create, change and delete data.
 */
export async function checkDocument(options: DocumentOptions): Promise<DocumentReport> {
  const { url, token, bodies = {}, every, patienceMs = defaultPatienceMs } = options;
  const raw = await readJson(new URL('/openapi.json', url), token);
  const document = readApiDocument(raw);
  const proxy = await startDocumentProxy(url, document);
  const statuses: Record<string, number> = {};
  const send = async (call: Call): Promise<Answer> => {
    const answer = await request(proxy.url, call, token);
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    return answer;
  };
  try {
    let count = 0;
    const steps = await walkExamples(document, {
      bodies,
      send: (call) => settled(() => send(call), patienceMs),
      after: async ({ call }) => {
        for (const variant of variantsOf(call, document.resolve)) {
          count += 1;
          if (count % every === 0) await send(variant.call);
        }
      },
    });
    return { calls: proxy.calls, statuses, steps, ...sorted(proxy.violations) };
  } finally {
    await proxy.close();
  }
}

async function readJson(url: URL, token: string): Promise<Json> {
  const answer = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  if (answer.status !== 200) throw new Error(`${url} was answered with ${answer.status}.`);
  return (await answer.json()) as Json;
}

async function request(base: string, call: Call, token: string): Promise<Answer> {
  const { operation, body } = call;
  const headers = {
    ...(operation.isPublic ? {} : { Authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...call.headers,
  };
  const answer = await fetch(base + addressOf(call), {
    method: operation.method,
    // Headers are bytes: text beyond ASCII is sent in UTF-8.
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString('latin1')]),
    ),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') && text !== '';
  return { status: answer.status, text, body: isJson ? JSON.parse(text) : undefined };
}

/** Repeats a call that is refused because a delivery is in flight. */
async function settled(send: () => Promise<Answer>, patienceMs: number): Promise<Answer> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const answer = await send();
    if (answer.status !== 409 || !/in flight/i.test(answer.text) || performance.now() > deadline) return answer;
    await pause(20);
  }
}

function sorted(all: readonly Violation[]): Pick<DocumentReport, 'violations' | 'refusedByRule'> {
  const violations: Violation[] = [];
  const refusedByRule: Record<string, number> = {};
  for (const violation of all) {
    const rules = violation.kind === 'valid request refused' ? rulesOf(violation.problems[0] ?? '{}') : undefined;
    if (rules) for (const rule of new Set(rules)) refusedByRule[rule] = (refusedByRule[rule] ?? 0) + 1;
    else violations.push(violation);
  }
  return { violations, refusedByRule };
}
