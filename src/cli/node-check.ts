import type { Logger } from '../logger.ts';
import { judgeNode } from '../node-versions.mjs';

/** Warns of a Node.js without published security fixes, and of one that is newer than the tested lines. */
export function warnOfNode(logger: Pick<Logger, 'warn'>): void {
  const { fixedIn, isUntested } = judgeNode(process.version);
  const node = { node: process.version.slice(1), program: process.execPath };
  if (fixedIn) logger.warn('Node.js lacks published security fixes', { ...node, fixed_in: fixedIn });
  if (isUntested) logger.warn('Node.js is of a newer line than the tested ones', node);
}

/** The same for people: the running Node.js and its problems, a line each. */
export function describeNode(): string[] {
  const { fixedIn, isUntested } = judgeNode(process.version);
  const lines = [`${process.version.slice(1)} (${process.execPath})`];
  if (fixedIn) lines.push(`lacks security fixes published in ${fixedIn} (docs/operations.md, "Node.js versions")`);
  if (isUntested) lines.push('is of a newer line than the tested ones');
  return lines;
}
