// Opens WebSockets over raw sockets and keeps them open; the limit of open files bounds their number.
import { connect, type Socket } from 'node:net';
import { answerQuestions } from '../support/contestant.ts';
import { ping, pingAnswer } from './socket-frames.ts';

export interface SocketTask {
  readonly url: string;
  /** The bytes of the upgrade request. */
  readonly request: string;
  readonly count: number;
}

const atOnce = 100;
const endOfHead = '\r\n\r\n';
const open = new Set<Socket>();

function upgrade({ url, request }: SocketTask): Promise<void> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let head = '';
    const socket = connect({ host: hostname, port: Number(port), noDelay: true }, () => socket.write(request));
    const readHead = (chunk: Buffer): void => {
      head += chunk.toString('latin1');
      if (!head.includes(endOfHead)) return;
      socket.off('data', readHead);
      if (!head.startsWith('HTTP/1.1 101 ')) return void reject(new Error(head));
      open.add(socket);
      resolve();
    };
    socket.on('data', readHead);
    socket.on('error', reject);
    socket.on('close', () => {
      open.delete(socket);
      reject(new Error('The connection was closed.'));
    });
  });
}

async function openMany(task: SocketTask): Promise<{ open: number }> {
  let left = task.count;
  const openSome = async (): Promise<void> => {
    for (; left > 0; ) {
      left -= 1;
      await upgrade(task);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, task.count) }, openSome));
  return { open: open.size };
}

/** Sends a message over each and resolves to the number of correct responses. */
async function echo(): Promise<{ echoed: number }> {
  const answers = [...open].map(
    (socket) =>
      new Promise<boolean>((resolve) => {
        socket.once('data', (part: Buffer) => resolve(part.equals(pingAnswer)));
        socket.once('close', () => resolve(false));
        socket.write(ping);
      }),
  );
  const results = await Promise.all(answers);
  return { echoed: results.filter(Boolean).length };
}

async function close(): Promise<object> {
  const closed = [...open].map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
  for (const socket of open) socket.destroy();
  await Promise.all(closed);
  return {};
}

answerQuestions({ open: openMany, echo, close });
