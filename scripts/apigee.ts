// `npm run apigee`: writes the counts of docs/apigee.md and prints the coverage of Apigee's operations, by section. Exits with 1
// when the page, the list of operations and the routes contradict each other. With --check it writes nothing.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contradictions, parsePage, presenceOf, readOperations, summarize, withSummary } from './apigee/coverage.ts';
import { undocumentedCalls } from './apigee/undocumented.ts';
import { readClientDocument } from './client/gateway-document.ts';

const page = join(import.meta.dirname, '..', 'docs', 'apigee.md');
const text = readFileSync(page, 'utf8');
const updated = withSummary(text);
if (updated !== text && !process.argv.includes('--check')) writeFileSync(page, updated);

const listed = readOperations();
const rows = parsePage(updated);
const presence = presenceOf(listed, await readClientDocument(), undocumentedCalls);
const wrong = contradictions(listed, rows, presence);
const sections = [...new Set(listed.map(({ section }) => section))].map((section) => {
  const names = listed.filter((operation) => operation.section === section).map(({ name }) => name);
  const present = names.filter((name) => presence.get(name) === 'answered');
  return `${section}: ${present.length} of ${names.length}`;
});
process.stdout.write(`${[...sections, '', summarize(rows), ...wrong.map((line) => `WRONG  ${line}`)].join('\n')}\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;
