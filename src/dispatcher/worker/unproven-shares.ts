import type { Standing } from './endpoint-state.ts';

/** Rows of endpoints of one standing: in flight, and claimed in all. */
interface Counts {
  inFlight: number;
  claimed: number;
}

interface Counted {
  readonly organization: string;
  readonly standing: Standing;
}

/** Share of all slots for the failing and slow endpoints together; the unknown ones together have as much again. */
const boundedShare = 0.25;
/** Part of such a share that one organization may use. */
const organizationPart = 0.25;

/**
 * Counts the rows of unknown and of failing endpoints. The endpoints of each such standing share a bounded part of all
 * slots, and the endpoints of one organization a part of that: healthy endpoints, and new ones of other organizations,
 * always find room.
 */
export class UnprovenShares {
  readonly #mostOfAll: number;
  readonly #mostOfOne: number;
  readonly #ofAll = new Map<Standing, Counts>();
  readonly #ofOne = new Map<string, Counts>();

  constructor(concurrency: number) {
    this.#mostOfAll = Math.max(1, Math.floor(concurrency * boundedShare));
    this.#mostOfOne = Math.max(1, Math.floor(this.#mostOfAll * organizationPart));
  }

  count(state: Counted, what: keyof Counts, change: number): void {
    if (state.standing === 'healthy' || change === 0) return;
    add(this.#ofAll, state.standing, what, change);
    add(this.#ofOne, keyOf(state), what, change);
  }

  /** How many more rows of an endpoint fit into the part of its organization. */
  leftOfOrganization(state: Counted, what: keyof Counts): number {
    if (state.standing === 'healthy') return Number.POSITIVE_INFINITY;
    return this.#mostOfOne - (this.#ofOne.get(keyOf(state))?.[what] ?? 0);
  }

  /** How many more rows fit into the share of all endpoints of a standing. */
  leftOfAll({ standing }: Pick<Counted, 'standing'>, what: keyof Counts): number {
    if (standing === 'healthy') return Number.POSITIVE_INFINITY;
    return this.#mostOfAll - (this.#ofAll.get(standing)?.[what] ?? 0);
  }
}

const keyOf = ({ standing, organization }: Counted): string => `${standing}\n${organization}`;

function add<Key>(all: Map<Key, Counts>, key: Key, what: keyof Counts, change: number): void {
  const counts = all.get(key) ?? { inFlight: 0, claimed: 0 };
  counts[what] += change;
  if (counts.inFlight === 0 && counts.claimed === 0) all.delete(key);
  else all.set(key, counts);
}
