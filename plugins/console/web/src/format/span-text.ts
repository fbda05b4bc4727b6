const unitSeconds = { d: 86_400, h: 3600, m: 60, s: 1 } as const;
type Unit = keyof typeof unitSeconds;

/** Abbreviations that readers of both languages type; a number alone counts seconds. */
const abbreviations: Readonly<Record<string, Unit>> = {
  '': 's',
  ...{ s: 's', sec: 's', sn: 's', m: 'm', min: 'm', dk: 'm' },
  ...{ h: 'h', sa: 'h', d: 'd', g: 'd', gn: 'd' },
};

/** Longer ones are no length of time that a person means. */
const mostSeconds = 100 * 365 * unitSeconds.d;

const part = /(\d+)\s*([a-zçğıöşü]*)/gu;

/** Seconds of a typed length of time such as `90`, `5m`, `1h 30m` or `2 sa`. Undefined: it is none. */
export function parseSpan(text: string): number | undefined {
  const typed = text.trim().toLowerCase();
  const parts = [...typed.matchAll(part)];
  if (parts.length === 0 || typed.replace(part, '').trim() !== '') return undefined;
  const seconds = parts.map(([, count, unit = '']) => {
    const known = Object.hasOwn(abbreviations, unit) ? abbreviations[unit] : undefined;
    return known === undefined ? Number.NaN : Number(count) * unitSeconds[known];
  });
  const sum = seconds.reduce((total, each) => total + each, 0);
  return sum <= mostSeconds ? sum : undefined;
}

export interface SpanPart {
  readonly unit: 'day' | 'hour' | 'minute' | 'second';
  readonly count: number;
}

const units = [
  ['day', unitSeconds.d],
  ['hour', unitSeconds.h],
  ['minute', unitSeconds.m],
  ['second', unitSeconds.s],
] as const;

/** Seconds as parts in whole units, the largest first: 5400 is one hour and 30 minutes. */
export function spanParts(seconds: number): SpanPart[] {
  let left = seconds;
  return units.flatMap(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count > 0 || (unit === 'second' && seconds === 0) ? [{ unit, count }] : [];
  });
}
