import { setTimeout as pause } from 'node:timers/promises';
import { type Conversation, headerOf } from './client.ts';
import type { Lab } from './lab.ts';
import { valuesOf } from './message-reader.ts';
import type { Exchange } from './recording-backend.ts';

/** How an answer may look to the client. */
export interface AnswerForm {
  readonly status: number;
  /** Default: none. */
  readonly body?: string;
  /** Headers that the client must not get, in lower case. */
  readonly without?: readonly string[];
  /** Headers that must be there with exactly this value; of several with one name all, joined by ", ". */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a backend writes that is broken or malicious, and what the client may see of it. */
export interface OddAnswer {
  readonly name: string;
  /** Of the request. Default: GET. */
  readonly method?: string;
  readonly bytes: string;
  /** Written a moment later. */
  readonly rest?: string;
  /** What happens to the connection then. Default: nothing. */
  readonly afterwards?: 'close' | 'reset';
  /** Written after the client has its answer, when nobody has asked for anything. */
  readonly later?: string;
  /** Written again and again after `bytes`, until the gateway has enough. */
  readonly endless?: string;
  /** How it may come to the client; without it, it must become a 5xx of the gateway. */
  readonly passes?: AnswerForm;
  /** It is good, and not passing it on is wrong. */
  readonly mustPass?: boolean;
  /** It ends too early: the client must see that, or a 5xx. */
  readonly breaks?: boolean;
}

/** What must never be taken for a header or an answer of its own. */
export const planted = 'Planted';
export const plantedAnswer = `HTTP/1.1 200 OK\r\nContent-Length: ${planted.length}\r\n\r\n${planted}`;

const momentMs = 30;

/** Has the backend answer so, then sees that the next clients get their own answers. */
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
  // On the connection that has just been used, if it still is.
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

/** What is wrong with what the client saw; empty when all is well. */
export function judgeAnswer(answer: OddAnswer, conversation: Conversation): string[] {
  const { answers, broken, bytes } = conversation;
  const { passes, mustPass = false, breaks = false } = answer;
  if (answers.length > 1) return [`the client got ${answers.length} answers`];
  const [seen] = answers;
  if (!seen) return breaks ? [] : [`the client got no answer: ${broken ?? JSON.stringify(bytes)}`];
  const problems: string[] = [];
  if (broken !== undefined) problems.push(`the client got more than an answer: ${broken}`);
  if (seen.head.includes(planted) || seen.trailers.length > 0) problems.push(`something was planted: ${seen.head}`);
  if (passes && seen.status === passes.status) problems.push(...differences(passes, seen));
  else if (mustPass || seen.status < 500) problems.push(`the client got ${seen.status} ${seen.text.slice(0, 200)}`);
  return problems;
}

function differences(form: AnswerForm, seen: Conversation['answers'][number]): string[] {
  const { body = '', without = [], headers = {} } = form;
  const problems: string[] = [];
  const text = seen.body.toString('latin1');
  if (text !== body) problems.push(`body: ${JSON.stringify(text)} in place of ${JSON.stringify(body)}`);
  for (const name of without)
    if (valuesOf(seen.headers, name).length > 0) problems.push(`the client got the header ${name}`);
  for (const [name, value] of Object.entries(headers)) {
    const given = headerOf(seen, name);
    if (given !== value) problems.push(`${name}: ${JSON.stringify(given)} in place of ${JSON.stringify(value)}`);
  }
  return problems;
}
