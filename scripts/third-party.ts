// `npm run third-party`: writes docs/third-party.md, the licences of the packages that an installation without development
// packages has, of the files that the published package contains, and of the packages in the built console.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

interface Locked {
  version?: string;
  license?: string;
  dev?: boolean;
  dependencies?: Readonly<Record<string, string>>;
}

type Lock = Readonly<Record<string, Locked>>;

interface Shipped {
  name: string;
  version: string;
  license: string;
}

/** Packages whose files are part of the published package: they are no dependency of an installation. */
const included = ['swagger-ui-dist'];

/** Packages whose code is part of the built console, with the packages that these need. */
const ofConsole = [
  '@base-ui/react',
  '@tanstack/react-query',
  '@tanstack/react-virtual',
  'react',
  'react-dom',
  'react-hook-form',
  'tailwindcss',
  'uplot',
  'wouter',
];

/** Licences that allow use and redistribution without conditions on the rest of the program. */
export const allowed: readonly string[] = [
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  '0BSD',
  'Unlicense',
];

const readLock = (folder: string): Lock =>
  JSON.parse(readFileSync(join(root, folder, 'package-lock.json'), 'utf8')).packages;

/** All packages that reach users, by name and version, each once. */
export function shippedPackages(): Shipped[] {
  const shipped = new Map<string, Shipped>();
  const add = (name: string, { version = '', license = 'unknown' }: Locked): void =>
    void shipped.set(`${name}@${version}`, { name, version, license });
  for (const [path, locked] of Object.entries(readLock('.'))) {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (path !== '' && (!locked.dev || included.includes(path.replace('node_modules/', '')))) add(name, locked);
  }
  const lock = readLock('plugins/console/web');
  for (const name of neededBy(ofConsole, lock)) add(name, lock[`node_modules/${name}`] ?? {});
  return [...shipped.values()].sort(
    (a, b) => a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version, 'en'),
  );
}

/** The packages and the dependencies of each. */
function neededBy(names: readonly string[], lock: Lock): Set<string> {
  const needed = new Set(names);
  for (const name of needed)
    for (const other of Object.keys(lock[`node_modules/${name}`]?.dependencies ?? {})) needed.add(other);
  return needed;
}

/** The page's text. */
export function thirdPartyPage(packages: readonly Shipped[]): string {
  const rows = packages.map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`);
  return `# Third-party software

hookgate itself is under the [MIT licence](../LICENSE). An installation contains these packages, each with the text of its
licence in its own folder. The files of the documentation page come from \`swagger-ui-dist\` and are part of the published
package, with licence and notice beside them; so is the built console, whose \`licenses.md\` has the licences of the packages in
it. \`node\` is the runtime, Node.js.

| Package | Version | Licence |
|---|---|---|
${rows.join('\n')}
`;
}

if (import.meta.main) writeFileSync(join(root, 'docs', 'third-party.md'), thirdPartyPage(shippedPackages()));
