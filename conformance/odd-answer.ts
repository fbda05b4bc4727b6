import { setTimeout as pause } from 'node:timers/promises';
import { type Conversation, headerOf } from './client.ts';
import type { Lab } from './lab.ts';
import { valuesOf } from './message-reader.ts';
import type { Exchange } from './recording-backend.ts';

/** The form in which a response may reach the client. */
export interface AnswerForm {
  readonly status: number;
  /** Default: none. */
  readonly body?: string;
  /** Headers, in lower case, that must not reach the client. */
  readonly without?: readonly string[];
  /** Statuses of the interim responses that must arrive before it. */
  readonly interim?: readonly number[];
  /** Headers that must arrive with exactly this value; repeated ones joined by ", ". */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A broken or malicious response of a backend, and its permitted outcome. */
export interface OddAnswer {
  readonly name: string;
  /** Method of the request. Default: GET. */
  readonly method?: string;
  readonly bytes: string;
  /** Bytes written a moment later. */
  readonly rest?: string;
  /** Action on the connection after the bytes. Default: none. */
  readonly afterwards?: 'close' | 'reset';
  /** Unsolicited bytes, written after the client has its response. */
  readonly later?: string;
  /** Written repeatedly after `bytes`, until the gateway closes. */
  readonly endless?: string;
  /** The form in which it may reach the client; without one it must be replaced by a 5xx. */
  readonly passes?: AnswerForm;
  /** The response is valid, and not passing it on is a failure. */
  readonly mustPass?: boolean;
  /** The response is truncated: the client must notice that or get a 5xx. */
  readonly breaks?: boolean;
}

/** Text that must never appear as a header or a response of its own. */
export const planted = 'Planted';
export const plantedAnswer = `HTTP/1.1 200 OK\r\nContent-Length: ${planted.length}\r\n\r\n${planted}`;

const momentMs = 30;

/** Makes the backend send the response, then checks that the next clients get their own responses. */
export async function provoke(answer: OddAnswer, lab: Lab): Promise<Conversation> {
  const { backend, patienceMs } = lab;
  const target = lab.path();
  const { method = 'GET' } = answer;
  const written = Promise.withResolvers<Exchange>();
  backend.clear();
  backend.behave(target, (exchange) => {
    void write(answer, exchange);
    written.resolve(exchange);
  });
  const client = await lab.open([method]);
  client.write(lab.request({ method, target }));
  const isOver = (): boolean => client.answers.length > 0 || client.conversation.broken !== undefined;
  await client.until(isOver, patienceMs);
  if (answer.later !== undefined) (await written.promise).socket.write(answer.later, 'latin1');
  // The probe may use the same backend connection, if that is still open.
  await lab.probe();
  const conversation = await client.leave(patienceMs);
  await lab.probe();
  (await written.promise).socket.destroy();
  return conversation;
}

async function write({ bytes, rest, afterwards, endless }: OddAnswer, { whole, socket }: Exchange): Promise<void> {
  await whole;
  socket.write(bytes, 'latin1');
  if (rest !== undefined) {
    await pause(momentMs);
    socket.write(rest, 'latin1');
  }
  if (afterwards === 'close') socket.end();
  if (afterwards === 'reset') setImmediate(() => socket.resetAndDestroy());
  if (endless === undefined) return;
  const more = Buffer.from(endless.repeat(Math.ceil(8192 / endless.length)), 'latin1');
  const push = (): void => {
    while (socket.writable && socket.write(more));
  };
  socket.on('drain', push);
  push();
}

/** Returns the problems with the client's view; empty if there are none. */
export function judgeAnswer(answer: OddAnswer, conversation: Conversation): string[] {
  const { answers, broken, bytes } = conversation;
  const { passes, mustPass = false, breaks = false } = answer;
  if (answers.length > 1) return [`the client got ${answers.length} responses`];
  const [seen] = answers;
  if (!seen) return breaks ? [] : [`the client got no response: ${broken ?? JSON.stringify(bytes)}`];
  const problems: string[] = [];
  if (broken !== undefined) problems.push(`the client got more than a response: ${broken}`);
  if (seen.head.includes(planted) || seen.trailers.length > 0)
    problems.push(`planted text reached the client: ${seen.head}`);
  if (passes && seen.status === passes.status) problems.push(...differences(passes, seen));
  else if (mustPass || seen.status < 500) problems.push(`the client got ${seen.status} ${seen.text.slice(0, 200)}`);
  return problems;
}

function differences(form: AnswerForm, seen: Conversation['answers'][number]): string[] {
  const { body = '', without = [], interim = [], headers = {} } = form;
  const problems: string[] = [];
  if (seen.interim.join() !== interim.join())
    problems.push(`interim responses: ${seen.interim.join()} instead of ${interim.join()}`);
  const text = seen.body.toString('latin1');
  if (text !== body) problems.push(`body: ${JSON.stringify(text)} instead of ${JSON.stringify(body)}`);
  for (const name of without)
    if (valuesOf(seen.headers, name).length > 0) problems.push(`the client got the header ${name}`);
  for (const [name, value] of Object.entries(headers)) {
    const given = headerOf(seen, name);
    if (given !== value) problems.push(`${name}: ${JSON.stringify(given)} instead of ${JSON.stringify(value)}`);
  }
  return problems;
}
