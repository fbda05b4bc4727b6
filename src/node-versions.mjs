// @ts-check
// The one list of Node.js versions. Plain JavaScript for Node.js 18: `bin/hookgate.mjs` reads it on any version.
import { isPackage } from './installation.mjs';

/**
 * Tested lines of Node.js, oldest first. Versions before `secure` truncate headers, which lets requests be smuggled: they are
 * refused. Versions before `fixed` lack the security fixes that were published in October 2026: the start warns of them.
 */
export const nodeLines = [
  { line: 24, secure: '24.18.1', fixed: '24.22.1' },
  { line: 26, secure: '26.5.1', fixed: '26.12.1' },
];

const [newest] = nodeLines.slice(-1);

/** The versions that are not refused, as a range for `engines` of package.json. */
export const nodeRange = nodeLines.map((entry) => `${entry === newest ? '>=' : '^'}${entry.secure}`).join(' || ');

/**
 * Refuses old versions, lines between the tested ones and pre-releases, whose number does not tell their fixes. A line newer than
 * the tested ones is not refused.
 *
 * @param {string} version with or without a leading `v`
 * @returns {{ refusal?: string, fixedIn?: string, isUntested?: boolean }} `refusal`: a sentence for the operator; `fixedIn`: the
 *   version to update to
 */
export function judgeNode(version) {
  const name = version.replace(/^v/, '');
  const numbers = numbersOf(name);
  if (!numbers) return { refusal: refusal(`${name}, which is not a release`) };
  const [line = 0] = numbers;
  const entry = nodeLines.find((known) => known.line === line);
  if (!entry) return newest && line > newest.line ? { isUntested: true } : { refusal: refusal(name) };
  if (isNewer(entry.secure, name)) return { refusal: refusal(name) };
  return isNewer(entry.fixed, name) ? { fixedIn: entry.fixed } : {};
}

function refusal(/** @type {string} */ name) {
  const needed = nodeLines.map(({ secure }) => secure).join(' or ');
  const remedy = isPackage
    ? 'allow the install script of its package "node", or use'
    : 'start it with npm start, with node_modules/.bin/node, or with';
  return `hookgate does not run on Node.js ${name}: ${remedy} Node.js ${needed} or a newer one of these lines.`;
}

/**
 * @param {string} version
 * @param {string} than
 * @returns {boolean} false unless both are releases
 */
export function isNewer(version, than) {
  const [a, b] = [version, than].map(numbersOf);
  if (!a || !b) return false;
  const index = a.findIndex((number, at) => number !== b[at]);
  return index !== -1 && Number(a[index]) > Number(b[index]);
}

/** @returns {number[] | undefined} undefined for pre-releases and anything else */
function numbersOf(/** @type {string} */ version) {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(?:\+\S*)?$/.exec(version);
  return match ? match.slice(1).map(Number) : undefined;
}
