// Clients that start a request and disconnect in the middle of it.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerQuestions } from '../support/contestant.ts';

export interface VanishTask {
  readonly url: string;
  /** Complete or incomplete requests; the clients take turns with them. */
  readonly requests: readonly string[];
  readonly count: number;
}

const graceMs = 1000;

/** Resolves when all clients have disconnected. */
async function vanish({ url, requests, count }: VanishTask): Promise<object> {
  const { hostname, port } = new URL(url);
  const closed: Promise<void>[] = [];
  const sockets = Array.from({ length: count }, (_, index) => {
    const socket = connect({ host: hostname, port: Number(port) });
    closed.push(new Promise((resolve) => socket.once('close', () => resolve())));
    socket.on('error', () => undefined);
    // Reads the first part of a large response and then stops.
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
