// `npm run words`: finds sentences in code and texts that break the rule of CONTRIBUTING.md: name the thing, then say what it does.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, findWords } from './words/find-words.ts';

const root = join(import.meta.dirname, '..');
const folders = '{src,plugins,migrations,test,scripts,bench,conformance,bin,docs}';
const patterns = [`${folders}/**/*.{ts,mjs,md}`, '*.md', '.env.example', '*.yaml'];
const left = (path: string): boolean => /(^|\/)(node_modules|data)(\/|$)/.test(path);

const describe = ({ line, rule, text }: Finding, file: string): string => `${file}:${line}: ${rule}: ${text}`;

const given = process.argv.slice(2);
const files = given.length > 0 ? given : patterns.flatMap((pattern) => globSync(pattern, { cwd: root, exclude: left }));
const found = files.sort().flatMap((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  return findWords(file, text).map((finding) => describe(finding, file));
});
for (const line of found) process.stdout.write(`${line}\n`);
process.exitCode = found.length > 0 ? 1 : 0;
