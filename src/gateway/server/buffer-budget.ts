/** A connection that holds bytes of its client in memory. */
export interface Holder {
  /** Bytes held now. `ofStranger`: only bodies of callers without valid credentials. */
  held(ofStranger: boolean): number;
  /** Bytes that its client has sent and read so far. */
  moved(): number;
  /** Time in milliseconds, and `moved()`, when it began to hold bytes for its current request; undefined: it holds none. */
  since: { at: number; moved: number } | undefined;
  /** Ends the connection. It holds nothing from then on. */
  cut(): void;
}

export interface BufferLimits {
  /** Bytes buffered for and from all clients of this process. */
  readonly bufferedBytes: number;
  /** Of these, the bodies of callers without valid credentials. */
  readonly strangerBytes: number;
  /** A connection that holds bytes for a shorter time, in milliseconds, is not slow yet. */
  readonly youngMs: number;
}

export interface BufferBudget {
  enter(holder: Holder): void;
  leave(holder: Holder): void;
  /** `holder` holds `bytes` more. Above a limit, the slowest connections are cut. */
  add(holder: Holder, bytes: number, ofStranger: boolean): void;
  /** Whether there is room for another request. */
  hasRoom(): boolean;
}

export const defaultBufferLimits: BufferLimits = {
  bufferedBytes: 128 * 1024 * 1024,
  strangerBytes: 16 * 1024 * 1024,
  youngMs: 1000,
};

/** Requests are refused above this share of the budget, unless cutting slow connections makes room. */
const refusedAbove = 0.75;
/** Connections are cut down to this share, so that a full budget is not measured for every byte. */
const cutDownTo = 0.875;
/** A budget that was full is not measured again for so long. */
const measuredForMs = 20;

/** `onCut` is called with every connection that is cut; `ofStranger` tells the limit. */
export function createBufferBudget(limits: BufferLimits, onCut: (ofStranger: boolean) => void): BufferBudget {
  const holders = new Set<Holder>();
  const { bufferedBytes, strangerBytes, youngMs } = limits;
  const all = createPool({ holders, limit: bufferedBytes, ofStranger: false, youngMs, onCut });
  const strangers = createPool({ holders, limit: strangerBytes, ofStranger: true, youngMs, onCut });
  return {
    enter: (holder) => void holders.add(holder),
    leave: (holder) => void holders.delete(holder),
    add(holder, bytes, ofStranger) {
      holder.since ??= { at: performance.now(), moved: holder.moved() };
      if (ofStranger) strangers.add(bytes);
      all.add(bytes);
    },
    hasRoom: () => all.hasRoom(),
  };
}

function createPool(parts: {
  holders: ReadonlySet<Holder>;
  limit: number;
  ofStranger: boolean;
  youngMs: number;
  onCut: (ofStranger: boolean) => void;
}) {
  const { holders, limit, ofStranger, youngMs, onCut } = parts;
  /** Upper bound of the bytes held: additions count at once, releases when the holders are measured. */
  let total = 0;
  let measuredAt = Number.NEGATIVE_INFINITY;

  /** Measures all holders, then cuts the slowest until `most` bytes are left. Young ones are cut last, and only `withYoung`. */
  function settle(most: number, withYoung: boolean): void {
    measuredAt = performance.now();
    const measured = [...holders].map((holder) => measure(holder, measuredAt)).filter(({ bytes }) => bytes > 0);
    total = measured.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total <= most) return;
    measured.sort((one, other) => Number(one.isYoung) - Number(other.isYoung) || one.pace - other.pace);
    for (const { holder, bytes, isYoung } of measured) {
      if (total <= most || (isYoung && !withYoung)) return;
      total -= bytes;
      holder.cut();
      onCut(ofStranger);
    }
  }

  function measure(holder: Holder, now: number) {
    const bytes = holder.held(ofStranger);
    if (bytes > 0) holder.since ??= { at: now, moved: holder.moved() };
    else if (!ofStranger) holder.since = undefined;
    const { at, moved } = holder.since ?? { at: now, moved: 0 };
    const isYoung = now - at < youngMs;
    // Of young ones the largest is the first; of others the one that moved least in its time.
    return { holder, bytes, isYoung, pace: isYoung ? -bytes : (holder.moved() - moved) / (now - at) };
  }

  return {
    add(bytes: number) {
      total += bytes;
      if (total > limit) settle(limit * cutDownTo, true);
    },
    hasRoom() {
      const most = limit * refusedAbove;
      if (total > most && performance.now() - measuredAt > measuredForMs) settle(most, false);
      return total <= most;
    },
  };
}
