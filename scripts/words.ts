// `npm run words`: finds sentences that break the style of comments and texts: name the thing, then say what it does.
// Arguments are files and folders; without any, the whole tree is checked. Exits with 1 when there are findings.
import { globSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type Finding, findWords } from './words/find-words.ts';

const root = join(import.meta.dirname, '..');
const folders = '{src,plugins,migrations,test,scripts,bench,conformance,chaos,bin,docs,templates}';
const texts = '**/*.{ts,tsx,mjs,md}';
const patterns = [`${folders}/${texts}`, 'deploy/**/*.yaml', '*.md', '.env.example', '*.yaml'];
const isIgnored = (path: string): boolean =>
  /(^|\/)(node_modules|data|dist|web\/src\/texts|project\.inlang)(\/|$)/.test(path);

const find = (pattern: string, cwd: string): string[] =>
  globSync(pattern, { cwd, exclude: isIgnored }).map((path) => join(cwd, path));

/** The files of an argument: itself, or the texts in a folder. */
const filesOf = (path: string): string[] => (statSync(path).isDirectory() ? find(texts, path) : [path]);

const describe = ({ line, rule, text }: Finding, file: string): string => `${file}:${line}: ${rule}: ${text}`;

const given = process.argv.slice(2).map((path) => resolve(path));
const files = given.length > 0 ? given.flatMap(filesOf) : patterns.flatMap((pattern) => find(pattern, root));
const found = [...new Set(files)].sort().flatMap((path) => {
  const file = relative(root, path);
  return findWords(file, readFileSync(path, 'utf8')).map((finding) => describe(finding, file));
});
for (const line of found) process.stdout.write(`${line}\n`);
process.exitCode = found.length > 0 ? 1 : 0;
