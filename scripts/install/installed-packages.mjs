// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judgeNode } from '../../src/node-versions.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, dev?: boolean, optional?: boolean, devOptional?: boolean, link?: boolean,
 *   os?: string[], cpu?: string[] }} LockEntry
 * @typedef {Record<string, LockEntry>} LockEntries by folder
 * @typedef {object} Comparison of a folder's packages with its package-lock.json
 * @property {string[]} missing names and versions of the packages to install; empty: everything is there
 * @property {boolean} isBroken an installation was interrupted: folders exist that npm has not recorded as complete
 * @property {boolean} hasDev development packages are installed
 */

/**
 * Compares `package-lock.json` with npm's own record of the last complete installation, `node_modules/.package-lock.json`, and
 * with the folders. Development packages count only with `dev`. A package for another platform is not needed, and the program of
 * the package `node` is not needed beside a `version` that is not refused.
 *
 * @param {string} root
 * @param {{ dev: boolean, version?: string }} options `version`: of the Node.js outside of the packages
 * @returns {Comparison}
 */
export function compareWithLock(root, { dev, version = process.version }) {
  const wanted = readLock(join(root, 'package-lock.json')) ?? {};
  const recorded = readLock(join(root, 'node_modules', '.package-lock.json'));
  /** @type {string[]} */
  const missing = [];
  let isBroken = recorded === undefined;
  for (const [folder, entry] of Object.entries(wanted)) {
    if (folder === '' || entry.link || (entry.dev && !dev)) continue;
    const record = recorded?.[folder];
    if (!record && (entry.optional || entry.devOptional)) continue;
    const found = versionIn(join(root, folder));
    if (record && isSame(record, entry) && fitsThisMachine(entry) && found === entry.version) continue;
    missing.push(`${folder.slice(folder.lastIndexOf('node_modules/') + 13)} ${entry.version}`);
    if (!record && found !== undefined) isBroken = true;
  }
  const runtime = wanted['node_modules/node'];
  if (runtime && missing.length === 0 && judgeNode(version).refusal && !hasRuntime(root))
    missing.push(`node ${runtime.version}`);
  return { missing, isBroken, hasDev: Object.values(recorded ?? {}).some((entry) => entry.dev) };
}

/** @returns {LockEntries | undefined} undefined if there is no such file or it is cut off */
function readLock(/** @type {string} */ file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function versionIn(/** @type {string} */ folder) {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
  } catch {
    return undefined;
  }
}

/** Equal versions may have different contents. */
function isSame(/** @type {LockEntry} */ one, /** @type {LockEntry} */ other) {
  return one.version === other.version && (!one.integrity || !other.integrity || one.integrity === other.integrity);
}

/** False for folders that were copied from a machine of another kind. */
function fitsThisMachine(/** @type {LockEntry} */ { os, cpu }) {
  return allows(os, process.platform) && allows(cpu, process.arch);
}

function allows(/** @type {string[] | undefined} */ names, /** @type {string} */ name) {
  if (!names || names.includes('any')) return true;
  return names.includes(name) || (names.every((entry) => entry.startsWith('!')) && !names.includes(`!${name}`));
}

/** The program of the package `node` comes from its install script, which npm may have been told not to run. */
function hasRuntime(/** @type {string} */ root) {
  return existsSync(join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node'));
}
