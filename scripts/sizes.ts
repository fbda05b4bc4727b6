// `npm run sizes`: lengths of files and functions of src and plugins, as CONTRIBUTING.md limits them. Exits with 1 over a
// limit. Route lists are data: they count towards the length of their file only. Functions of `.tsx` files are left to the
// linter's rule.
import { globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { type FunctionDeclaration, type Node, type Program, parse } from 'acorn';

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
function parseFile(file: string, source: string): Program {
  const plain = file.endsWith('.ts') ? stripTypeScriptTypes(source) : source;
  return parse(plain, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
}

/** The function `create…Routes` of a file `*-routes.ts`, or undefined. */
function routeListOf(statement: Node, file: string): Node | undefined {
  const declaration = 'declaration' in statement ? (statement.declaration as Node | null) : statement;
  if (!file.endsWith('-routes.ts') || declaration?.type !== 'FunctionDeclaration') return undefined;
  const { name } = (declaration as FunctionDeclaration).id;
  return /^create\w*Routes$/.test(name) ? declaration : undefined;
}

/** Functions of a file, except the builders of route lists; the handlers in a list count. */
const sizedFunctions = (file: string, source: string): Sized[] =>
  parseFile(file, source).body.flatMap((statement) => {
    const routeList = routeListOf(statement, file);
    return routeList ? children(routeList).flatMap((child) => functionsOf(child, file)) : functionsOf(statement, file);
  });

/** Lines of a report; `isWithin` tells whether the limits are kept. */
function report(title: string, all: readonly Sized[], { most, p90 }: Limits): { lines: string[]; isWithin: boolean } {
  const sorted = all.toSorted((one, other) => one.lines - other.lines);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)]?.lines ?? 0;
  const longest = sorted.at(-1) ?? { name: 'none', lines: 0 };
  const tooLong = sorted.filter(({ lines }) => lines > most).reverse();
  const lines = [
    `${all.length} ${title}`,
    `  median         ${at(0.5)} lines`,
    `  nine in ten    at most ${at(0.9)} lines, limit ${p90}${at(0.9) > p90 ? ': EXCEEDED' : ''}`,
    `  longest        ${longest.lines} lines, limit ${most}: ${longest.name}`,
    ...tooLong.map(({ name, lines }) => `  TOO LONG       ${lines} lines: ${name}`),
  ];
  return { lines, isWithin: tooLong.length === 0 && at(0.9) <= p90 };
}

process.removeAllListeners('warning'); // `stripTypeScriptTypes` announces that it is experimental.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader such as `head` may close the pipe early.
  if (error.code !== 'EPIPE') throw error;
});
const leftOut = [
  'src/client/gateway-api.ts',
  'src/client/operation-routes.ts',
  '**/node_modules/**',
  '**/dist/**',
  'plugins/console/web/src/texts/**',
];
const files = globSync('{src,plugins}/**/*.{ts,tsx,mjs}', { cwd: root, exclude: leftOut }).sort();
const sources = files.map((file) => ({ file, source: readFileSync(join(root, file), 'utf8') }));
const fileSizes = sources.map(({ file, source }) => ({ name: file, lines: source.split('\n').length - 1 }));
const functionSizes = sources.flatMap(({ file, source }) =>
  file.endsWith('.tsx') ? [] : sizedFunctions(file, source),
);
const reports = [report('files', fileSizes, limits.file), report('functions', functionSizes, limits.function)];
process.exitCode = reports.every(({ isWithin }) => isWithin) ? 0 : 1;
process.stdout.write(`${reports.flatMap(({ lines }) => lines).join('\n')}\n`);
