import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const head = `# Measurements

Written by \`npm run bench\`, one section a suite. Timings depend on the machine: the ratios are what counts, because their two
sides are measured in turns in one run.
`;

/** Replaces the section `name` by `text`; other sections stay unchanged. */
export function writeSection(file: string, name: string, text: string): void {
  const sections = new Map<string, string>();
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  for (const part of before.split(/^## /m).slice(1)) {
    const end = part.indexOf('\n');
    sections.set(part.slice(0, end), part.slice(end).trim());
  }
  sections.set(name, text.trim());
  const body = [...sections].map(([title, content]) => `\n## ${title}\n\n${content}\n`).join('');
  writeFileSync(file, `${head}${body}`);
}
