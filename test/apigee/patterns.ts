/**
 * The part of an answer that a client reads: a scalar is compared exactly, an object's members are found in an object that may have more, a
 * list has items of one pattern, and a function returns a complaint or undefined.
 */
export type Pattern =
  | string
  | number
  | boolean
  | null
  | readonly Pattern[]
  | { readonly [member: string]: Pattern }
  | ((value: unknown) => string | undefined);

const that =
  (what: string, isGood: (value: unknown) => boolean) =>
  (value: unknown): string | undefined =>
    isGood(value) ? undefined : `is no ${what}`;

export const text = that('text', (value) => typeof value === 'string' && value !== '');
export const flag = that('boolean', (value) => typeof value === 'boolean');
/** Milliseconds since 1970, of this century. */
export const milliseconds = that('time in milliseconds', (value) => Number.isInteger(value) && Number(value) > 1e12);
/** A date of the monetization API. */
export const date = that('date', (value) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(String(value)));
export const uuid = that('UUID', (value) => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(String(value)));
/** A name of a time zone that programs know. */
export const zone = that(
  'time zone',
  (value) => typeof value === 'string' && Intl.supportedValuesOf('timeZone').concat('UTC').includes(value),
);
export const list = that('list', Array.isArray);
export const nothing = that('empty list', (value) => Array.isArray(value) && value.length === 0);
/** An empty body. */
export const empty = that('empty body', (value) => value === undefined);

/** A list that has this item, among others. */
export const having = (item: Pattern) =>
  that(`list with ${JSON.stringify(item)}`, (value) => Array.isArray(value) && value.some((one) => fits(one, item)));

/** An answer whose first member is a list: some clients do not look at its name. */
export const listFirst =
  (member: string, items: Pattern) =>
  (value: unknown): string | undefined => {
    const [first, content] = Object.entries(value ?? {})[0] ?? [];
    return first === member ? complaints(content, items, member)[0] : `begins with ${first}`;
  };

const fits = (value: unknown, pattern: Pattern): boolean => complaints(value, pattern).length === 0;

/** Complaints about a value, each with its place; empty when the value fits. */
export function complaints(value: unknown, pattern: Pattern, at = ''): string[] {
  if (typeof pattern === 'function') {
    const complaint = pattern(value);
    return complaint === undefined ? [] : [`${at} ${complaint}: ${JSON.stringify(value)}`.trim()];
  }
  if (Array.isArray(pattern)) {
    const isThere = Array.isArray(value) && value.length === pattern.length;
    if (!isThere) return [`${at} is no list of ${pattern.length}: ${JSON.stringify(value)}`.trim()];
    return pattern.flatMap((item, index) => complaints(value[index], item, `${at}[${index}]`));
  }
  if (typeof pattern === 'object' && pattern !== null) {
    if (typeof value !== 'object' || value === null) return [`${at} is no object: ${JSON.stringify(value)}`.trim()];
    const members = value as Record<string, unknown>;
    return Object.entries(pattern).flatMap(([name, member]) =>
      complaints(members[name], member, at ? `${at}.${name}` : name),
    );
  }
  return value === pattern ? [] : [`${at} is ${JSON.stringify(value)}, not ${JSON.stringify(pattern)}`.trim()];
}
