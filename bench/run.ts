// `npm run bench [-- <suite>]`: measures one suite, prints its tables, writes them to RESULTS.md; exit code 1 if a bound is missed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Report, toMarkdown } from './support/report.ts';
import { writeSection } from './support/results-file.ts';

const name = process.argv[2] ?? 'gateway';
const file = join(import.meta.dirname, name, 'suite.ts');
if (!/^[a-z-]+$/.test(name) || !existsSync(file)) {
  throw new Error(`There is no suite "${name}": bench/<suite>/suite.ts is what runs.`);
}

const { run } = (await import(file)) as { run: () => Promise<Report> };
const report = await run();
const text = toMarkdown(report);
process.stdout.write(`\n${text}`);
writeSection(join(import.meta.dirname, 'RESULTS.md'), name, text);
process.exitCode = report.bounds.every(({ isMet }) => isMet) ? 0 : 1;
