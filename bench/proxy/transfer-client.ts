// Loads down and up what is large, and throws it away as it comes; answers with how long it took.
import { connect, type Socket } from 'node:net';
import { answerQuestions } from '../support/contestant.ts';

export interface TransferTask {
  readonly url: string;
  /** The head of the request as it goes out. */
  readonly request: string;
  /** Size of the body, of the answer or of the request. */
  readonly bytes: number;
}

export interface Transfer {
  readonly bytesPerSecond: number;
}

const bufferBytes = 256 * 1024;
const endOfHead = Buffer.from('\r\n\r\n');

/** Calls back with what arrives, in one buffer that is used again and again. */
function open(url: string, onData: (part: Buffer) => void): Socket {
  const { hostname, port } = new URL(url);
  const onread = {
    buffer: Buffer.alloc(bufferBytes),
    callback: (size: number, buffer: Uint8Array) => {
      onData(Buffer.from(buffer.buffer, buffer.byteOffset, size));
      return true;
    },
  };
  return connect({ host: hostname, port: Number(port), onread, noDelay: true });
}

/** Sends the request (and what `send` sends after it) and resolves when an answer with a body of `bytes` has come. */
function exchange(task: TransferTask, bytes: number, send?: (socket: Socket) => void): Promise<Transfer> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    let head: Buffer | undefined = Buffer.alloc(0);
    let left = bytes;
    const socket = open(task.url, (part) => {
      left -= head ? bodyIn(part) : part.length;
      if (head || left > 0) return;
      socket.destroy();
      resolve({ bytesPerSecond: task.bytes / ((performance.now() - startedAt) / 1000) });
    });
    const fail = (reason: string): void => {
      socket.destroy();
      reject(new Error(reason));
    };
    /** The size of what belongs to the body in the first parts. */
    function bodyIn(part: Buffer): number {
      head = Buffer.concat([head as Buffer, part]);
      const end = head.indexOf(endOfHead);
      if (end === -1) return 0;
      const text = head.toString('latin1', 0, end);
      if (!text.startsWith('HTTP/1.1 200 ')) fail(text);
      const size = head.length - end - endOfHead.length;
      head = undefined;
      return size;
    }
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`The connection was closed, ${left} bytes too early.`)));
    socket.write(task.request);
    send?.(socket);
  });
}

const download = (task: TransferTask): Promise<Transfer> => exchange(task, task.bytes);

const upload = (task: TransferTask): Promise<Transfer> =>
  exchange(task, 'ok'.length, (socket) => {
    const part = Buffer.alloc(bufferBytes);
    let left = task.bytes;
    const send = (): void => {
      while (left > 0) {
        const size = Math.min(left, part.length);
        left -= size;
        if (!socket.write(part.subarray(0, size))) break;
      }
    };
    socket.on('drain', send);
    send();
  });

answerQuestions({ download, upload });
