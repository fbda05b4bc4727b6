// `npm run sizes`: lengths of files and functions of src and plugins, as CONTRIBUTING.md limits them. Exits with 1 over a limit.
import { globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { type Node, parse } from 'acorn';

interface Sized {
  readonly name: string;
  readonly lines: number;
}

interface Limits {
  readonly most: number;
  /** Nine in ten are at most this long. */
  readonly p90: number;
}

const root = join(import.meta.dirname, '..');
const limits = { file: { most: 300, p90: 200 }, function: { most: 100, p90: 30 } } as const satisfies Record<
  string,
  Limits
>;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

const children = (node: Node): Node[] => Object.values(node).flat().filter(isNode);

const isFunction = ({ type }: Node): boolean =>
  type === 'FunctionDeclaration' || type === 'FunctionExpression' || type === 'ArrowFunctionExpression';

/** Functions below a node, each with its length in lines; a function's own lines contain those of the functions in it. */
function functionsOf(node: Node, file: string): Sized[] {
  const below = children(node).flatMap((child) => functionsOf(child, file));
  if (!isFunction(node) || !node.loc) return below;
  const { start, end } = node.loc;
  return [{ name: `${file}:${start.line}`, lines: end.line - start.line + 1 }, ...below];
}

/** Types are blanked out, so that every line keeps its number. */
function parseFile(file: string, source: string): Node {
  const plain = file.endsWith('.ts') ? stripTypeScriptTypes(source) : source;
  return parse(plain, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
}

function report(title: string, all: readonly Sized[], { most, p90 }: Limits): boolean {
  const sorted = all.toSorted((one, other) => one.lines - other.lines);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)]?.lines ?? 0;
  const longest = sorted.at(-1) ?? { name: 'none', lines: 0 };
  const figures = `${all.length}, median ${at(0.5)}, p90 ${at(0.9)} (limit ${p90})`;
  process.stdout.write(`${title}: ${figures}, longest ${longest.lines} (limit ${most}): ${longest.name}\n`);
  for (const { name, lines } of sorted) if (lines > most) process.stdout.write(`  too long: ${lines} ${name}\n`);
  return longest.lines <= most && at(0.9) <= p90;
}

process.removeAllListeners('warning'); // `stripTypeScriptTypes` announces that it is experimental.
const files = globSync('{src,plugins}/**/*.{ts,mjs}', { cwd: root }).sort();
const sources = files.map((file) => ({ file, source: readFileSync(join(root, file), 'utf8') }));
const fileSizes = sources.map(({ file, source }) => ({ name: file, lines: source.split('\n').length - 1 }));
const functionSizes = sources.flatMap(({ file, source }) => functionsOf(parseFile(file, source), file));
const isWithin = [report('files', fileSizes, limits.file), report('functions', functionSizes, limits.function)];
process.exitCode = isWithin.every(Boolean) ? 0 : 1;
