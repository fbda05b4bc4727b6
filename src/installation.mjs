// @ts-check
// Where this program is installed. Plain JavaScript for Node.js 18: `bin/hookgate.mjs` reads it on any version.
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tree = dirname(dirname(fileURLToPath(import.meta.url)));

/** True in the published package, whose files are in dist/; false in a checkout. */
export const isPackage = !existsSync(join(tree, 'package.json'));

const root = isPackage ? dirname(tree) : tree;

/** The folder `node_modules` that the program's packages share, or would share. */
export const packagesFolder = basename(dirname(root)) === 'node_modules' ? dirname(root) : join(root, 'node_modules');

/**
 * The folder of the package `node`, which has the runtime, looked up as Node.js looks up packages: beside the other packages, or
 * below them.
 *
 * @returns {string | undefined} undefined if it is not installed
 */
export function runtimeFolder() {
  for (let folder = root; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', 'node');
    if (existsSync(join(found, 'package.json'))) return found;
    if (dirname(folder) === folder) return undefined;
  }
}
