import type { Socket } from 'node:net';
import type { CloseCode, Tunnel } from '../../gateway/call/target.ts';
import { cutOffLater, endSocket } from '../../gateway/server/end-socket.ts';
import { closeFrame, FrameFollower } from './frame-follower.ts';
import { onIdle } from './idle.ts';

export interface TunnelParts {
  readonly client: Socket;
  readonly backend: Socket;
  readonly isWebSocket: boolean;
  /** Milliseconds without a byte in either direction. */
  readonly idleMs: number;
}

/**
 * Couples two connected sockets: when one ends, so does the other. The caller pipes the bytes and must do so in the
 * same tick, because an earlier `data` listener would consume the first bytes alone.
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

/** Waits up to a second for the current frame to end, because no frame can be sent inside another one. */
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
