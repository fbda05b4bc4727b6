import type { EndpointRef } from '../model/endpoint.ts';

/** A delivery within a batch: many that were handed over at once and are written as one, see `batch-repository.ts`. */
export interface Batched {
  id: string;
  endpoint: EndpointRef;
  type: string;
  payload: string;
}

type Line = [id: string, kind: string, endpoint: string, type: string, payload: number];

interface Head {
  lines: Line[];
  /** Of the payloads that follow, one after the other, in bytes. */
  lengths: number[];
}

const lineEnd = 10;

/**
 * The bytes of a batch. A payload that several deliveries share, such as an event's for all who hear of
 * it, is in it once.
 */
export function packBatch(deliveries: readonly Batched[]): Buffer {
  const payloads = new Map<string, number>();
  const lines = deliveries.map(({ id, endpoint, type, payload }): Line => {
    const known = payloads.get(payload);
    const at = known ?? payloads.size;
    if (known === undefined) payloads.set(payload, at);
    return [id, endpoint.kind, endpoint.id, type, at];
  });
  const texts = [...payloads.keys()];
  const head: Head = { lines, lengths: texts.map((text) => Buffer.byteLength(text)) };
  return Buffer.from(`${JSON.stringify(head)}\n${texts.map((text) => text.toWellFormed()).join('')}`);
}

/** The deliveries in a batch's bytes. */
export function unpackBatch(bytes: Uint8Array): Batched[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const headEnd = buffer.indexOf(lineEnd);
  const { lines, lengths } = JSON.parse(buffer.toString('utf8', 0, headEnd)) as Head;
  let end = headEnd + 1;
  // Each decoded by itself: a part of a text would keep all of it in memory.
  const payloads = lengths.map((length) => {
    end += length;
    return buffer.toString('utf8', end - length, end);
  });
  return lines.map(([id, kind, endpointId, type, payload]) => ({
    id,
    endpoint: { kind, id: endpointId },
    type,
    payload: payloads[payload] ?? '',
  }));
}
