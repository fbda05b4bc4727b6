// `npm run walk`: writes the line numbers of the walk in CONTRIBUTING.md. With --check it only compares, and exits with 1.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const document = join(root, 'CONTRIBUTING.md');
/** `path:line` `name` */
const step = /`([\w./-]+):(\d+)` `(\w+)`/g;

/** The line on which a name is declared, or else first stands, counted from 1. Throws when the file does not have it. */
export function lineOf(source: string, name: string): number {
  const lines = source.split('\n');
  const declared = new RegExp(`\\b(?:function|class|interface|type|const|async)\\*? ${name}\\b`);
  const named = new RegExp(`\\b${name}\\b`);
  for (const pattern of [declared, named]) {
    const index = lines.findIndex((line) => pattern.test(line));
    if (index !== -1) return index + 1;
  }
  throw new Error(`${name} is not in the file`);
}

/** The walk with the line numbers of the files as they are now. */
export function updateWalk(text: string, read: (path: string) => string): string {
  return text.replace(step, (_, path: string, _line, name: string) => {
    const line = lineOf(read(path), name);
    return `\`${path}:${line}\` \`${name}\``;
  });
}

if (process.argv[1] === import.meta.filename) {
  const text = readFileSync(document, 'utf8');
  const updated = updateWalk(text, (path) => readFileSync(join(root, path), 'utf8'));
  if (process.argv.includes('--check')) process.exitCode = updated === text ? 0 : 1;
  else writeFileSync(document, updated);
}
