import type { Outcome } from '../model/outcome.ts';
import type { Sendable } from './sender.ts';

/** How the sending thread sends; given to it when it starts. */
export interface SendingSettings {
  /** See `GuardSettings`. */
  readonly allowedNetworks: readonly string[];
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
}

/** A request under the number that its outcome will have. */
export type Numbered<Content> = readonly [number: number, content: Content];

/** The requests of one turn of the event loop, for the thread. */
export interface Requests {
  /** Ports that the process listens on. */
  readonly ownPorts: readonly number[];
  readonly requests: readonly Numbered<Omit<Sendable, 'body'> & { readonly bodyBytes: number | undefined }>[];
  /** The bodies one after the other: as buffers of their own, each would be copied with the pool that it lies in. */
  readonly bodies: ArrayBuffer;
}

/** From the thread: it is ready, or the outcomes of one turn of its event loop. */
export type FromThread = 'ready' | readonly Numbered<Outcome>[];

/** The message's `bodies` are to be transferred. */
export function packRequests(requests: readonly Numbered<Sendable>[], ownPorts: readonly number[]): Requests {
  const bodies = Buffer.allocUnsafeSlow(requests.reduce((bytes, [, { body }]) => bytes + (body?.length ?? 0), 0));
  let at = 0;
  const packed = requests.map(([number, { body, ...request }]) => {
    if (body) at += body.copy(bodies, at);
    return [number, { ...request, bodyBytes: body?.length }] as const;
  });
  return { ownPorts, requests: packed, bodies: bodies.buffer as ArrayBuffer };
}

/** Larger messages are divided: a slow attempt would keep the bodies of all others of its turn in memory. */
const keptTogetherBytes = 64 * 1024;

export function unpackRequests({ requests, bodies }: Requests): Numbered<Sendable>[] {
  const isDivided = bodies.byteLength > keptTogetherBytes && requests.length > 1;
  let at = 0;
  return requests.map(([number, { bodyBytes, ...request }]) => {
    const view = bodyBytes === undefined ? undefined : Buffer.from(bodies, at, bodyBytes);
    at += bodyBytes ?? 0;
    return [number, { ...request, body: view && isDivided ? Buffer.from(view) : view }];
  });
}
