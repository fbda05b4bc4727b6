import type { Attack } from '../attack.ts';

const planted = 'spoofed.test';
const given = (name: string, lines: readonly string[]): Attack => ({ name, lines, passes: { never: [planted] } });
const flip = (name: string): string =>
  name.replace(/./g, (letter, index: number) => (index % 2 ? letter.toUpperCase() : letter.toLowerCase()));

/** Spellings that some backend accepts as the header of this name. */
function spellings(name: string): Attack[] {
  const underscores = name.replaceAll('-', '_');
  return [
    given(name, [`${name}: ${planted}`]),
    given(`${name} in lower case`, [`${name.toLowerCase()}: ${planted}`]),
    given(`${name} in mixed case`, [`${flip(name)}: ${planted}`]),
    given(`${name} with underscores`, [`${underscores}: ${planted}`]),
    given(`${name} with underscores in upper case`, [`${underscores.toUpperCase()}: ${planted}`]),
    given(`${name} with one underscore`, [`${name.replace('-', '_')}: ${planted}`]),
    given(`${name} twice`, [`${name}: ${planted}`, `${name}: ${planted}`]),
    given(`${name} named by Connection`, [`Connection: close, ${name}`, `${name}: ${planted}`]),
    { name: `${name} with a space before its colon`, lines: [`${name} : ${planted}`] },
    { name: `${name} in a folded line`, lines: [`X-First: a\r\n ${name}: ${planted}`] },
    { name: `${name} after a bare LF`, lines: [`X-First: a\n${name}: ${planted}`] },
    { name: `${name} after a bare CR`, lines: [`X-First: a\r${name}: ${planted}`] },
  ];
}

/** Identity headers, which only the gateway may set. */
export const identity: readonly Attack[] = ['X-User-Id', 'X-User-Email', 'X-User-Org', 'X-User-Scope'].flatMap(
  spellings,
);

/** Forwarding headers, which only the gateway may set. */
export const forwarding: readonly Attack[] = [
  ...['X-Forwarded-For', 'X-Forwarded-Proto', 'X-Real-IP'].flatMap(spellings),
  ...[
    'X-Forwarded-Host',
    'X-Forwarded-Port',
    'X-Forwarded-Prefix',
    'X-Forwarded-Server',
    'X-Forwarded-Uri',
    'X-Forwarded-User',
    'X-Forwarded-Anything',
  ].map((name) => given(name, [`${name}: ${planted}`])),
  given('Forwarded', [`Forwarded: for=${planted};host=${planted};proto=https`]),
  given('X-Forwarded-For, many', [
    'X-Forwarded-For: 127.0.0.1',
    `X-Forwarded-For: ${planted}`,
    `x-forwarded-for: ${planted}, 10.0.0.1`,
  ]),
];

/** Headers whose path some backends serve instead of the authorised one. */
export const otherPaths: readonly Attack[] = ['X-Original-URL', 'X-Rewrite-URL'].flatMap(spellings);
