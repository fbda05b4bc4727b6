import { stripTypeScriptTypes } from 'node:module';
import { type Node, parse } from 'acorn';

/** A line that the product can write to its log. */
export interface LogLine {
  readonly level: string;
  /** Undefined if it is built at run time. */
  readonly message: string | undefined;
  /** Names of its fields; `cause` stands for the fields of `describeError`. */
  readonly fields: readonly string[];
  readonly file: string;
}

type Tree = Node & Record<string, unknown>;
type Call = Tree & { callee: Tree; arguments: Tree[] };

const isNode = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

const nodesIn = (node: Tree): Tree[] => [node, ...Object.values(node).flat().filter(isNode).flatMap(nodesIn)];

/** Name of an identifier, a member or a called function: of `logger`, `this.#logger`, `log.labelled(…)`. */
function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'CallExpression') return nameOf(node.callee);
  return node.type === 'MemberExpression' ? nameOf(node.property) : (node.name as string | undefined);
}

/** Objects with a method `error` that are no loggers: Joi's. */
const others = new Set(['helpers']);
const levels = new Set(['error', 'warn', 'info', 'debug']);

/** The log lines of a file. Types are blanked out of its source. */
export function logLinesIn(file: string, source: string): LogLine[] {
  const plain = file.endsWith('.ts') ? stripTypeScriptTypes(source) : source;
  const nodes = nodesIn(parse(plain, { ecmaVersion: 'latest', sourceType: 'module' }) as Node as Tree);
  return nodes.flatMap((node) => (node.type === 'CallExpression' ? (lineOf(node as Call, nodes, file) ?? []) : []));
}

function lineOf(
  { callee, arguments: [first, second] }: Call,
  nodes: readonly Tree[],
  file: string,
): LogLine | undefined {
  const name = nameOf(callee) ?? '';
  if (callee.type === 'MemberExpression' && levels.has(name) && !others.has(nameOf(callee.object) ?? ''))
    return { level: name, message: textOf(first, nodes), fields: fieldsOf(second, nodes), file };
  if (name === 'crashLine') return { level: 'error', message: textOf(first, nodes), fields: ['cause'], file };
  if (name !== 'createFailureLog') return undefined;
  const details = nodes.filter(({ type, callee: called }) => type === 'CallExpression' && nameOf(called) === 'failed');
  const fields = (details as Call[]).flatMap(({ arguments: [, given] }) => fieldsOf(given, nodes));
  return { level: 'warn', message: textOf(second, nodes), fields: ['failures', 'cause', ...fields], file };
}

/** A string in quotes, or the constant of this file that holds one. */
function textOf(node: Tree | undefined, nodes: readonly Tree[]): string | undefined {
  if (node?.type === 'Literal') return String(node.value);
  return node?.type === 'Identifier' ? textOf(constantOf(node, nodes), nodes) : undefined;
}

const constantOf = ({ name }: Tree, nodes: readonly Tree[]): Tree | undefined =>
  nodes.find(({ type, id }) => type === 'VariableDeclarator' && nameOf(id) === name)?.init as Tree | undefined;

/** Names of the fields of an expression: of its objects, and of the constants and functions of this file that it spreads. */
function fieldsOf(node: Tree | undefined, nodes: readonly Tree[]): string[] {
  const all = (inner: readonly unknown[]): string[] => inner.filter(isNode).flatMap((one) => fieldsOf(one, nodes));
  switch (node?.type) {
    case 'ObjectExpression':
      return (node.properties as Tree[]).flatMap(({ type, argument, key }) =>
        type === 'SpreadElement' ? all([argument]) : (nameOf(key) ?? []),
      );
    case 'ConditionalExpression':
      return all([node.consequent, node.alternate]);
    case 'Identifier':
      return all([constantOf(node, nodes)]);
    case 'CallExpression':
      return nameOf(node) === 'describeError' ? ['cause'] : all(returnedBy(nameOf(node), nodes));
    default:
      return [];
  }
}

function returnedBy(name: string | undefined, nodes: readonly Tree[]): unknown[] {
  const made = nodes.find(({ type, id }) => type === 'FunctionDeclaration' && nameOf(id) === name);
  return made ? nodesIn(made).flatMap(({ type, argument }) => (type === 'ReturnStatement' ? [argument] : [])) : [];
}
