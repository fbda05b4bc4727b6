import { isRawNumber } from '../../../src/plugin.ts';

/** A copy with the members of every object in alphabetical order, as this API family writes them. */
export function inAlphabeticalOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inAlphabeticalOrder);
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return value;
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, inAlphabeticalOrder(member)]));
}
