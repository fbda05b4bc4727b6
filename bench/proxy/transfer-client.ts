// Downloads and uploads large bodies without keeping them, and reports the rate.
import { connect, type Socket } from 'node:net';
import { answerQuestions } from '../support/contestant.ts';

export interface TransferTask {
  readonly url: string;
  /** The bytes of the request head. */
  readonly request: string;
  /** Size of the transferred body, of the response or of the request. */
  readonly bytes: number;
}

export interface Transfer {
  readonly bytesPerSecond: number;
}

const bufferBytes = 256 * 1024;
const endOfHead = Buffer.from('\r\n\r\n');

/** Opens a connection and calls back with each chunk, in a single reused buffer. */
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

/** Sends the request, then calls `send`; resolves when a response with a body of `bytes` has arrived. */
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
    /** Collects the head; returns the number of body bytes that arrived with it. */
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
