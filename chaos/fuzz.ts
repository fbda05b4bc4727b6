import { Client } from '../conformance/client.ts';
import { createRandom, type Random } from './random.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly requests: number;
  /** The gateway. */
  readonly url: URL;
  /** A path prefix of the target with the hostile backend, and of the one whose backend always answers `fine`. */
  readonly hostile: string;
  readonly honest: string;
}

export interface FuzzResult {
  readonly violations: readonly string[];
  /** Number of responses by status; `none` for connections without one. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** The timeouts of the hostile target. */
export const hostileTimeouts = { connectMs: 2000, headersMs: 400, idleMs: 400, totalMs: 3000 };

const together = 40;
const probeEvery = 50;
const patienceMs = 30_000;
const methods = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'QUERY'];

/** Sends random requests to a target with a hostile backend, and checks that each one ends and others are served. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const violations: string[] = [];
  const statuses: Record<string, number> = {};
  let next = 0;
  const work = async (): Promise<void> => {
    for (let number = next++; number < options.requests; number = next++) {
      const problem = await call(options, number, statuses);
      if (problem !== undefined) violations.push(`request ${number}: ${problem}`);
      if (number % probeEvery === 0) violations.push(...(await probe(options, number)));
    }
  };
  await Promise.all(Array.from({ length: together }, work));
  violations.push(...(await probe(options, options.requests)));
  return { violations, statuses };
}

/** Returns the problem with one connection and its one or two requests. */
async function call(
  { seed, url, hostile }: FuzzOptions,
  number: number,
  statuses: Record<string, number>,
): Promise<string | undefined> {
  const random = createRandom(seed + Math.imul(number, 40_503));
  const sent = Array.from({ length: random.chance(0.1) ? 2 : 1 }, () => random.pick(methods));
  const isOld = random.chance(0.1);
  const client = await Client.open(url, sent);
  try {
    sent.forEach((method, index) => {
      client.write(
        requestText({ method, path: `${hostile}/${number}`, isOld, isLast: index === sent.length - 1 }, random),
      );
    });
    if (random.chance(0.05)) {
      await client.until(() => false, random.whole(0, 50));
      return undefined;
    }
    const isOver = (): boolean => client.isClosed || client.socket.readableEnded;
    await client.until(isOver, patienceMs);
    if (!isOver()) return `no end within ${patienceMs} ms: ${JSON.stringify(client.conversation.bytes.slice(0, 200))}`;
    const { answers, broken } = client.conversation;
    for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
    if (answers.length === 0) statuses.none = (statuses.none ?? 0) + 1;
    if (isOld && answers.some(({ interim }) => interim.length > 0)) return 'an HTTP/1.0 client got an interim response';
    return broken === undefined || isBreak.test(broken) ? undefined : `invalid HTTP: ${broken}`;
  } finally {
    client.socket.destroy();
  }
}

/** A response that breaks off visibly is the only honest form of one that broke off at the backend. */
const isBreak = /ECONNRESET|EPIPE|cut off|ended|incomplete/;

interface Parts {
  readonly method: string;
  readonly path: string;
  readonly isOld: boolean;
  readonly isLast: boolean;
}

function requestText({ method, path, isOld, isLast }: Parts, random: Random): string {
  const lines = [`${method} ${path} HTTP/1.${isOld ? 0 : 1}`, 'Host: fuzz.test'];
  if (isLast) lines.push('Connection: close');
  if (random.chance(0.2)) lines.push('X-Raw: caf\xe9 \xc3\xa9');
  const hasBody = method !== 'HEAD' && (method === 'POST' || method === 'PUT' || method === 'QUERY');
  const body = hasBody ? 'b'.repeat(random.pick([0, 1, 100, 50_000])) : '';
  if (!hasBody) return [...lines, '', ''].join('\r\n');
  if (isOld || random.chance(0.7)) return [...lines, `Content-Length: ${body.length}`, '', body].join('\r\n');
  const chunks = body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`;
  return [...lines, 'Transfer-Encoding: chunked', '', `${chunks}0\r\n\r\n`].join('\r\n');
}

/** Returns the problem of a well-formed request to the other target. */
async function probe({ url, honest }: FuzzOptions, number: number): Promise<string[]> {
  const client = await Client.open(url);
  try {
    client.write(`GET ${honest}/probe HTTP/1.1\r\nHost: fuzz.test\r\nConnection: close\r\n\r\n`);
    const { status, text } = await client.answer(1, patienceMs);
    return status === 200 && text === 'fine' ? [] : [`the next client after request ${number} got ${status} ${text}`];
  } catch (error) {
    return [`the next client after request ${number}: ${(error as Error).message}`];
  } finally {
    client.socket.destroy();
  }
}
