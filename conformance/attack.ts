import { setTimeout as pause } from 'node:timers/promises';
import type { Conversation } from './client.ts';
import { isProbe, type Lab, type RequestParts } from './lab.ts';
import { valuesOf } from './message-reader.ts';
import type { Arrived } from './recording-backend.ts';

/** How a request may look to the backend. */
export interface Form {
  /** Default: what was sent. */
  readonly method?: string;
  /** Default: none. */
  readonly body?: string;
  /** Headers that the backend must not get, in lower case. */
  readonly without?: readonly string[];
  /** Texts that must be nowhere in the head. */
  readonly never?: readonly string[];
  /** Headers that must be there with exactly this value. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Bytes that a client sends to trick the gateway, and what may come of them. */
export interface Attack extends Omit<RequestParts, 'target'> {
  readonly name: string;
  /** Follows a path of the attack's own. */
  readonly path?: string;
  /** For what the parts cannot express: makes the bytes of a request that is good but for the parts. */
  readonly rewrite?: (request: string) => string;
  /** The client breaks off after the last byte, where a gateway would wait for more. */
  readonly breaksOff?: boolean;
  /** Sent in so many pieces, one after the other. */
  readonly pieces?: number;
  /** How it may come to the backend; without it, it must be refused. */
  readonly passes?: Form;
  /** It is good, and refusing it is wrong. */
  readonly mustPass?: boolean;
}

/** A request that hides in another; nobody who reads properly finds it. */
export const hidden = 'GET /smuggled HTTP/1.1\r\nHost: smuggled.test\r\n\r\n';

export interface Outcome {
  /** The request target that was sent. */
  readonly target: string;
  readonly conversation: Conversation;
  readonly arrived: readonly Arrived[];
  readonly violations: readonly string[];
}

const pieceGapMs = 3;

/** Sends it, then sees that the gateway is alive and has mixed nothing up. */
export async function perform(attack: Attack, lab: Lab): Promise<Outcome> {
  const { backend, patienceMs } = lab;
  const target = lab.path(attack.path);
  const { method = 'GET', rewrite = (request) => request, breaksOff = false, pieces = 1 } = attack;
  backend.clear();
  const client = await lab.open([method]);
  const bytes = rewrite(lab.request({ ...attack, target }));
  const size = Math.ceil(bytes.length / pieces);
  for (let index = 0; index < pieces; index += 1) {
    if (index > 0) await pause(pieceGapMs);
    client.write(bytes.slice(index * size, (index + 1) * size));
  }
  if (!breaksOff) await client.until(() => client.answers.length > 0, patienceMs);
  const conversation = await client.leave(patienceMs);
  await lab.probe();
  const arrived = backend.arrived.filter((request) => !isProbe(request.target));
  return { target, conversation, arrived, violations: [...backend.violations] };
}

/** What is wrong with how the gateway took it; empty when all is well. */
export function judge(attack: Attack, outcome: Outcome): string[] {
  const { arrived, violations } = outcome;
  const problems = violations.map((text) => `the backend got what is no HTTP: ${text}`);
  for (const { method, target } of arrived)
    if (target.includes('smuggled')) problems.push(`a hidden request came to the backend: ${method} ${target}`);
  if (arrived.length > 1) problems.push(`the backend got ${arrived.length} requests`);
  const [request] = arrived;
  if (request && attack.passes) problems.push(...differences(attack, attack.passes, outcome, request));
  else if (request) problems.push(`it was passed on: ${JSON.stringify(request.head)}`);
  else problems.push(...judgeRefusal(attack, outcome));
  return problems;
}

function judgeRefusal({ mustPass = false, breaksOff = false }: Attack, { conversation }: Outcome): string[] {
  const { answers, broken } = conversation;
  const statuses = answers.map(({ status }) => status);
  if (mustPass) return [`it was not passed on: ${statuses.join(', ') || broken || 'no answer'}`];
  if (broken !== undefined && !breaksOff) return [`the answer is broken: ${broken}`];
  const isRefusal = (status: number): boolean => (status >= 400 && status < 500) || status === 501 || status === 505;
  return statuses.every(isRefusal) ? [] : [`it was answered with ${statuses.join(', ')}`];
}

function differences(attack: Attack, form: Form, { target }: Outcome, request: Arrived): string[] {
  const { method = attack.method ?? 'GET', body = '', without = [], never = [], headers = {} } = form;
  const problems: string[] = [];
  const differ = (what: string, seen: string, wanted: string): void => {
    if (seen !== wanted) problems.push(`${what}: ${JSON.stringify(seen)} in place of ${JSON.stringify(wanted)}`);
  };
  differ('method', request.method, method);
  differ('request target', request.target, target);
  differ('body', request.body.toString('latin1'), body);
  for (const name of without)
    if (valuesOf(request.headers, name).length > 0) problems.push(`the backend got the header ${name}`);
  for (const text of never)
    if (request.head.includes(text)) problems.push(`the backend got "${text}": ${JSON.stringify(request.head)}`);
  for (const [name, value] of Object.entries(headers)) differ(name, valuesOf(request.headers, name).join('|'), value);
  return problems;
}
