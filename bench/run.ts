// `npm run bench [-- <suite> [<part>]]`: measures one suite, prints its tables, writes them to RESULTS.md; exit code 1 if a bound is missed.
// A part of a suite is only printed: a section of RESULTS.md was measured in one go.
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
  throw new Error(`There is no suite "${name}": bench/<suite>/suite.ts is what runs.`);
}

const { run, parts = [] } = (await import(file)) as Suite;
if (part !== undefined && !parts.includes(part)) {
  throw new Error(`The suite "${name}" has no part "${part}", only: ${parts.join(', ') || 'itself'}.`);
}

const report = await run(part);
const text = toMarkdown(report);
process.stdout.write(`\n${text}`);
if (part === undefined) writeSection(join(import.meta.dirname, 'RESULTS.md'), name, text);
process.exitCode = report.bounds.every(({ isMet }) => isMet) ? 0 : 1;
