// @ts-check
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders of packages and of generated files. */
const leftOut = new Set(['node_modules', 'texts', 'cache', 'README.md']);

/**
 * A hash of names and contents of all files in folders below `root`, except hidden and generated ones. Times do not count: a
 * checkout changes them.
 *
 * @param {string} root
 * @param {readonly string[]} folders
 */
export function fingerprintOf(root, folders) {
  const hash = createHash('sha256');
  for (const name of folders.flatMap((folder) => filesIn(root, folder))) {
    const content = readFileSync(join(root, name));
    hash.update(`${name} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

/** @returns {string[]} in the order of their names */
function filesIn(/** @type {string} */ root, /** @type {string} */ folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .filter(({ name }) => !name.startsWith('.') && !leftOut.has(name))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return filesIn(root, name);
      return entry.isFile() ? [name] : [];
    });
}
