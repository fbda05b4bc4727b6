// `npm run bench [-- <suite> [<part>]]`: runs one suite, prints its tables and writes them to RESULTS.md; exit code 1
// if a bound is missed. A single part is only printed, because a section of RESULTS.md is measured in one go.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Report, toMarkdown } from './support/report.ts';
import { writeSection } from './support/results-file.ts';

interface Suite {
  readonly parts?: readonly string[];
  run(part?: string): Promise<Report>;
}

const [name = 'gateway', part] = process.argv.slice(2);
const file = join(import.meta.dirname, name, 'suite.ts');
if (!/^[a-z-]+$/.test(name) || !existsSync(file)) {
  throw new Error(`There is no suite "${name}": bench/${name}/suite.ts does not exist.`);
}

const { run, parts = [] } = (await import(file)) as Suite;
if (part !== undefined && !parts.includes(part)) {
  throw new Error(`The suite "${name}" has no part "${part}". Its parts: ${parts.join(', ') || 'none'}.`);
}

const report = await run(part);
const text = toMarkdown(report);
process.stdout.write(`\n${text}`);
if (part === undefined) writeSection(join(import.meta.dirname, 'RESULTS.md'), name, text);
process.exitCode = report.bounds.every(({ isMet }) => isMet) ? 0 : 1;
