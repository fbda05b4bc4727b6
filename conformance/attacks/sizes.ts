import type { Attack } from '../attack.ts';

const kibibyte = 1024;
const end = 'END-OF-VALUE';
const long = (bytes: number): string => 'x'.repeat(bytes - end.length) + end;

/** A header of this size must arrive complete or not at all. */
const whole = (bytes: number, pieces: number): Attack => ({
  name: `header of ${bytes} bytes${pieces > 1 ? ` in ${pieces} pieces` : ''}`,
  lines: [`X-Long: ${long(bytes)}`, 'X-After: there'],
  pieces,
  passes: { headers: { 'x-long': long(bytes), 'x-after': 'there' } },
});

/** All of these headers must arrive or none. */
const many = (count: number): Attack => ({
  name: `${count} headers`,
  lines: [...Array.from({ length: count }, (_, index) => `X-Many: ${index}`), 'X-After: there'],
  passes: {
    headers: { 'x-many': Array.from({ length: count }, (_, index) => index).join('|'), 'x-after': 'there' },
  },
});

const aroundLimit = [-600, -400, -300, -200, -150, -100, -50, -20, -2, -1, 0, 1, 2, 20, 100];

/** Heads around and beyond the limits: a head truncated at a limit must never pass as a complete one. */
export const sizes: readonly Attack[] = [
  ...[4, 8].map((size) => ({ ...whole(size * kibibyte, 1), mustPass: true })),
  ...[16, 32].flatMap((size) => aroundLimit.map((more) => whole(size * kibibyte + more, 1))),
  ...aroundLimit.map((more) => whole(16 * kibibyte + more, 8)),
  ...[17, 24, 48, 64, 100].map((size) => whole(size * kibibyte, 6)),
  { name: 'header of 1 MB', lines: [`X-Long: ${long(1_000_000)}`] },
  { name: 'header name of 40,000 bytes', lines: [`X-${'n'.repeat(40_000)}: a`] },
  { name: 'method of 40,000 bytes', method: 'G'.repeat(40_000) },
  { ...many(50), mustPass: true },
  ...[90, 95, 96, 97, 98, 99, 100, 101, 128, 200, 500, 1000, 2000].map(many),
  {
    name: 'a header after 2,000 others',
    lines: [...Array(2000).fill('X-Many: a'), 'Content-Length: 0', 'X-After: there'],
    passes: { headers: { 'x-after': 'there' } },
  },
];
