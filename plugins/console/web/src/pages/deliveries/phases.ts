export const phaseNames = ['dns', 'connect', 'tls', 'first_byte'] as const;

/** `rest`: reading the body, and what is between the phases. */
export type PhaseName = (typeof phaseNames)[number] | 'rest';

export interface Phase {
  readonly name: PhaseName;
  readonly milliseconds: number;
  /** Where it begins, and its length, as parts of the whole: 0 to 1. */
  readonly start: number;
  readonly length: number;
}

/** A shorter rest is rounding. */
const leastRestMs = 0.05;

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;

/**
 * The phases of an attempt in their order, one after the other. Phases that did not happen (no name look-up on a reused
 * connection) are left out.
 */
export function phasesOf(
  given: Readonly<Record<string, unknown>> | null,
): { phases: Phase[]; total: number } | undefined {
  if (given === null) return undefined;
  const known = phaseNames.flatMap((name) => {
    const milliseconds = numberOf(given[name]);
    return milliseconds === undefined ? [] : [{ name: name as PhaseName, milliseconds }];
  });
  const sum = known.reduce((before, { milliseconds }) => before + milliseconds, 0);
  const total = Math.max(numberOf(given.total) ?? sum, sum);
  if (total === 0) return undefined;
  if (known.length > 0 && total - sum >= leastRestMs) known.push({ name: 'rest', milliseconds: total - sum });
  let before = 0;
  const phases = known.map(({ name, milliseconds }) => {
    const start = before / total;
    before += milliseconds;
    return { name, milliseconds, start, length: milliseconds / total };
  });
  return { phases, total };
}
