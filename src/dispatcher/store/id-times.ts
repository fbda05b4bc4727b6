import { randomUUIDv7 } from 'node:crypto';

/** Ids of deliveries differ from their times by less, in microseconds. */
export const idMarginMicros = 60 * 1_000_000;

/** The time of a UUID of version 7, in microseconds since 1970. */
export const timeOfId = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) * 1000;

/** The smallest UUID of version 7 with this time, in microseconds since 1970. */
export function firstIdAt(micros: number): string {
  const hex = Math.max(0, Math.floor(micros / 1000))
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/**
 * A new UUID of version 7 for an event or a delivery of this time, in microseconds since 1970. Lists look for times among the ids:
 * a clock of this machine that is far from the given one does not count.
 */
export function newIdAt(micros: number): string {
  const drawn = randomUUIDv7();
  const isNear = Math.abs(timeOfId(drawn) - micros) < idMarginMicros / 2;
  return isNear ? drawn : `${firstIdAt(micros).slice(0, 13)}${drawn.slice(13)}`;
}
