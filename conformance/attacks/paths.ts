import type { Attack } from '../attack.ts';

const refused = (path: string): Attack => ({ name: `path …${shown(path)}`, path });
const exact = (path: string): Attack => ({ name: `path …${shown(path)}`, path, passes: {} });
const good = (path: string): Attack => ({ ...exact(path), mustPass: true });
const shown = (path: string): string =>
  path.length > 60 ? `${path.slice(0, 40)}… of ${path.length} characters` : JSON.stringify(path).slice(1, -1);

/** Paths that some backend resolves to another path than the authorised one. */
const ambiguous = [
  '/..',
  '/.',
  '/../admin',
  '/./admin',
  '/a/../admin',
  '/%2e%2e/admin',
  '/%2E%2E/admin',
  '/.%2e/admin',
  '/%2e./admin',
  '/%2e/admin',
  '/a/%2e%2e',
  '/..;/admin',
  '/..;a=b/admin',
  '/.;/admin',
  '/%2e%2e;/admin',
  '/..%3b/admin',
  '/..%3Ba/admin',
  '/a%2fadmin',
  '/a%2Fadmin',
  '/..%2fadmin',
  '/%2e%2e%2fadmin',
  '/a%5cadmin',
  '/a%5Cadmin',
  '/..%5cadmin',
  '/a\\admin',
  '/..\\admin',
  '/a%00',
  '/a%00/../admin',
  '/a#b',
  '/a#/../admin',
  '/a?b#c',
  '#',
  '/\xfc',
  '/\xc3\xbc',
  '/a\x7f',
  '/a\x01b',
  '/a\x80',
];

/** Unusual but unambiguous paths, and paths that a gateway or a backend may refuse. */
const unusual = [
  '/%252e%252e/admin',
  '/%252fadmin',
  '/%25%32%65',
  '/%c0%ae%c0%ae/admin',
  '/%ff',
  '/%',
  '/%2',
  '/%zz',
  '/%u002e%u002e/admin',
  '/a%0d%0aX-Planted:%20b',
  '/a%0aX-Planted:b',
  '/a%20b',
  '/a%09b',
  '/a"b',
  '/a<b>',
  '/a^b`c{d|e}',
  '/a%7f',
];

const plain = [
  '//admin',
  '///',
  '/a//b',
  '/',
  '/...',
  '/..a/b',
  '/a../b',
  '/.well-known/x',
  '/a;b=c/d;e',
  '/a:b@c',
  "/a!$&'()*+,=~-_",
  '/caf%C3%A9',
  '/a%2Cb%3D%3f',
  '?',
  '??a',
  '?a=/../b',
  '?a=%2f%00%5c..',
  '?a=%',
  '?a=b&a=c;d',
  '?a[]=1&b={"c":"d"}'.replaceAll('"', '%22'),
  '?url=http://other.test/%23',
  `/${'a'.repeat(4000)}`,
  `?${'a=b&'.repeat(1000)}`,
];

/** Paths: the backend gets exactly the authorised path, byte for byte, or no request. */
export const paths: readonly Attack[] = [
  ...ambiguous.map(refused),
  ...unusual.map(exact),
  ...plain.map(good),
  { name: 'path of 20,000 bytes', path: `/${'a'.repeat(20_000)}`, passes: {} },
  { name: 'path of 100,000 bytes', path: `/${'a'.repeat(100_000)}`, passes: {} },
];
