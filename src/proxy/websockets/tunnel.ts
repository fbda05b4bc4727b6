import type { Socket } from 'node:net';
import type { CloseCode, Tunnel } from '../../gateway/call/target.ts';
import { cutOffLater, endSocket } from '../../gateway/server/end-socket.ts';
import { closeFrame, FrameFollower } from './frame-follower.ts';
import { onIdle } from './idle.ts';

export interface TunnelParts {
  readonly client: Socket;
  readonly backend: Socket;
  readonly isWebSocket: boolean;
  /** Without a byte in either direction. */
  readonly idleMs: number;
}

/**
 * Holds two connected sides together: when one ends, so does the other. The bytes are piped by others; to be called in the same
 * moment as that, because whoever listens before would get the first bytes alone.
 */
export function openTunnel({ client, backend, isWebSocket, idleMs }: TunnelParts): Tunnel {
  const frames = isWebSocket ? new FrameFollower() : undefined;
  const follow = (chunk: Buffer): void => frames?.pass(chunk);
  let isClosing = false;

  const close = (code: CloseCode): void => {
    if (isClosing) return;
    isClosing = true;
    backend.off('data', follow).unpipe(client);
    const finish = (): void => {
      client.unpipe(backend);
      backend.destroy();
      cutOffLater(client);
      endSocket(client, frames && !frames.hasClosed ? closeFrame(code) : undefined);
    };
    if (!frames || frames.isBetween) finish();
    else finishFrame(client, backend, frames, finish);
  };

  if (frames) backend.on('data', follow);
  backend.on('error', () => undefined);
  backend.once('close', () => {
    if (isClosing) return;
    isClosing = true;
    endSocket(client);
  });
  client.once('close', () => backend.destroy());
  onIdle(client, idleMs, () => (isClosing ? client.destroy() : close(1001)));
  return { close };
}

/** Lets the frame under way come to its end, for a second at most, because nothing can be said in the middle of it. */
function finishFrame(client: Socket, backend: Socket, frames: FrameFollower, done: () => void): void {
  const timer = cutOffLater(client);
  const onData = (chunk: Buffer): void => {
    const end = frames.next(chunk, 0);
    if (!client.write(chunk.subarray(0, end))) {
      backend.pause();
      client.once('drain', () => backend.resume());
    }
    if (!frames.isBetween) return;
    clearTimeout(timer);
    backend.off('data', onData);
    done();
  };
  backend.on('data', onData).resume();
}
