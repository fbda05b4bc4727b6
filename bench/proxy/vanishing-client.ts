// Clients that begin a request and vanish in the middle of it.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerQuestions } from '../support/contestant.ts';

export interface VanishTask {
  readonly url: string;
  /** What they send: whole requests, or their beginnings. The clients take turns with these. */
  readonly requests: readonly string[];
  readonly count: number;
}

const graceMs = 1000;

/** Resolves when all of them are gone. */
async function vanish({ url, requests, count }: VanishTask): Promise<object> {
  const { hostname, port } = new URL(url);
  const closed: Promise<void>[] = [];
  const sockets = Array.from({ length: count }, (_, index) => {
    const socket = connect({ host: hostname, port: Number(port) });
    closed.push(new Promise((resolve) => socket.once('close', () => resolve())));
    socket.on('error', () => undefined);
    // A part of a large answer is taken, and then no more.
    socket.once('data', () => socket.pause());
    socket.write(requests[index % requests.length] ?? '');
    return socket;
  });
  await Promise.all(
    sockets.map((socket) => socket.connecting && new Promise((resolve) => socket.once('connect', resolve))),
  );
  await sleep(graceMs);
  for (const [index, socket] of sockets.entries()) {
    if (index % 2 === 0) socket.resetAndDestroy();
    else socket.destroy();
  }
  await Promise.all(closed);
  return {};
}

answerQuestions({ vanish });
