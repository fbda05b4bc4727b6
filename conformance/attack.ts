import { setTimeout as pause } from 'node:timers/promises';
import type { Conversation } from './client.ts';
import { isProbe, type Lab, type RequestParts } from './lab.ts';
import { valuesOf } from './message-reader.ts';
import type { Arrived } from './recording-backend.ts';

/** The form in which a request may reach the backend. */
export interface Form {
  /** Default: the method that was sent. */
  readonly method?: string;
  /** Default: none. */
  readonly body?: string;
  /** Headers, in lower case, that must not reach the backend. */
  readonly without?: readonly string[];
  /** Texts that must not appear anywhere in the head. */
  readonly never?: readonly string[];
  /** Headers that must arrive with exactly this value. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Bytes that a client sends to trick the gateway, and their permitted outcome. */
export interface Attack extends Omit<RequestParts, 'target'> {
  readonly name: string;
  /** Appended to a path that is unique to the attack. */
  readonly path?: string;
  /** Changes the bytes of the otherwise valid request, for attacks that the other properties cannot express. */
  readonly rewrite?: (request: string) => string;
  /** The client closes after the last byte, where a gateway would wait for more. */
  readonly breaksOff?: boolean;
  /** Number of writes in which the request is sent. */
  readonly pieces?: number;
  /** The form in which it may reach the backend; without one it must be refused. */
  readonly passes?: Form;
  /** The request is valid, and refusing it is a failure. */
  readonly mustPass?: boolean;
}

/** A request hidden inside another one; a correct parser never finds it. */
export const hidden = 'GET /smuggled HTTP/1.1\r\nHost: smuggled.test\r\n\r\n';

export interface Outcome {
  /** The request target that was sent. */
  readonly target: string;
  readonly conversation: Conversation;
  readonly arrived: readonly Arrived[];
  readonly violations: readonly string[];
}

const pieceGapMs = 3;

/** Performs an attack, then checks that the gateway still works and has not mixed up responses. */
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

/** Returns the problems with the gateway's reaction; empty if there are none. */
export function judge(attack: Attack, outcome: Outcome): string[] {
  const { arrived, violations } = outcome;
  const problems = violations.map((text) => `the backend got invalid HTTP: ${text}`);
  for (const { method, target } of arrived)
    if (target.includes('smuggled')) problems.push(`a hidden request reached the backend: ${method} ${target}`);
  if (arrived.length > 1) problems.push(`the backend got ${arrived.length} requests`);
  const [request] = arrived;
  if (request && attack.passes) problems.push(...differences(attack, attack.passes, outcome, request));
  else if (request) problems.push(`the attack was passed on: ${JSON.stringify(request.head)}`);
  else problems.push(...judgeRefusal(attack, outcome));
  return problems;
}

function judgeRefusal({ mustPass = false, breaksOff = false }: Attack, { conversation }: Outcome): string[] {
  const { answers, broken } = conversation;
  const statuses = answers.map(({ status }) => status);
  if (mustPass) return [`the request was not passed on: ${statuses.join(', ') || broken || 'no response'}`];
  if (broken !== undefined && !breaksOff) return [`the response is broken: ${broken}`];
  const isRefusal = (status: number): boolean => (status >= 400 && status < 500) || status === 501 || status === 505;
  return statuses.every(isRefusal) ? [] : [`the status was ${statuses.join(', ')}`];
}

function differences(attack: Attack, form: Form, { target }: Outcome, request: Arrived): string[] {
  const { method = attack.method ?? 'GET', body = '', without = [], never = [], headers = {} } = form;
  const problems: string[] = [];
  const differ = (what: string, seen: string, wanted: string): void => {
    if (seen !== wanted) problems.push(`${what}: ${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`);
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
