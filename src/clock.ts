/** The time as whole microseconds since 1970-01-01T00:00:00Z. */
export type Clock = () => number;

/** The clock of this machine. */
export interface SystemClock extends Clock {
  /**
   * The wall clock when the process started, plus the monotonic time since: steps of the wall clock do not change it. It
   * stands still while the machine is suspended.
   */
  readonly steady: Clock;
}

/** The system time in microseconds: the monotonic clock, corrected whenever it is more than 2 ms off the wall clock. */
export function createSystemClock(): SystemClock {
  let origin = performance.timeOrigin;
  const wall = (): number => {
    const before = performance.now();
    const wall = Date.now();
    const after = performance.now();
    const drift = wall - (origin + after);
    // A process interrupted between the readings would see drift where there is none.
    if (Math.abs(drift) > 2 && after - before < 1) origin += drift;
    return Math.trunc((origin + after) * 1000);
  };
  const steady = (): number => Math.trunc((performance.timeOrigin + performance.now()) * 1000);
  return Object.assign(wall, { steady });
}

const quarterHourMs = 900_000;

/** Formats microseconds since 1970 as RFC 3339; null for a time that is missing. */
export interface TimeFormat {
  (micros: number): string;
  (micros: number | null | undefined): string | null;
}

/**
 * Returns a formatter of microsecond times as RFC 3339 in one zone, e.g. `2025-12-24T02:16:10.419696+03:00`; UTC is
 * `Z`. The offset is computed once per quarter of an hour: zones change their offset only on those boundaries.
 */
export function createTimeFormat(zone: string): TimeFormat {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  let known = { quarter: Number.NaN, offset: 'Z', offsetMs: 0 };
  const offsetAt = (ms: number): typeof known => {
    const quarter = Math.floor(ms / quarterHourMs);
    if (known.quarter !== quarter) {
      const name = format.formatToParts(ms).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
      const [, sign = '+', hours = '00', minutes = '00'] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
      const offsetMs = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
      known = { quarter, offset: zone === 'UTC' ? 'Z' : `${sign}${hours}:${minutes}`, offsetMs };
    }
    return known;
  };
  const formatted = (micros: number): string => {
    const ms = Math.floor(micros / 1000);
    const { offset, offsetMs } = offsetAt(ms);
    const fraction = String(micros - ms * 1000).padStart(3, '0');
    return `${new Date(ms + offsetMs).toISOString().slice(0, -1)}${fraction}${offset}`;
  };
  return ((micros: number | null | undefined) => (micros == null ? null : formatted(micros))) as TimeFormat;
}
