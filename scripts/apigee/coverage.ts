import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GatewayDocument } from '../client/gateway-document.ts';

/** An operation of Apigee's public API documents. */
export interface ListedOperation {
  readonly section: string;
  /** `GET /organizations/{org_name}/developers`: the path below `/v1`. */
  readonly name: string;
}

/** An operation here: with a response of success, one that always answers 501, or none. */
export type Presence = 'answered' | 'refused' | 'absent';

/** Words of the page for an operation, each with the presence that it needs. */
export const verdicts = {
  works: 'answered',
  differs: 'answered',
  empty: 'answered',
  501: 'refused',
  absent: 'absent',
} as const satisfies Record<string, Presence>;

export type Verdict = keyof typeof verdicts;

export interface PageRow {
  readonly section: string;
  readonly name: string;
  readonly verdict: string;
  readonly note: string;
}

const listFile = join(import.meta.dirname, 'operations.txt');

/** Lines below headings `## <section>`. */
export function parseOperations(text: string): ListedOperation[] {
  let section = '';
  return text.split('\n').flatMap((line) => {
    if (line.startsWith('## ')) section = line.slice(3);
    return /^[A-Z]+ \//.test(line) ? [{ section, name: line }] : [];
  });
}

export const readOperations = (): ListedOperation[] => parseOperations(readFileSync(listFile, 'utf8'));

/** The operation with `{}` for every parameter: documents name parameters differently. */
const shapeOf = (name: string): string => name.replaceAll(/\{\w+\}/g, '{}');

/** Presence of every operation of an OpenAPI document below `/v1`, by its shape. */
function presenceByShape({ paths }: GatewayDocument): Map<string, Presence> {
  const found = new Map<string, Presence>();
  for (const [path, operations] of Object.entries(paths)) {
    if (!path.startsWith('/v1/')) continue;
    for (const [method, { responses = {} }] of Object.entries(operations)) {
      const succeeds = Object.keys(responses).some((status) => status.startsWith('2'));
      const shape = shapeOf(`${method.toUpperCase()} ${path.slice('/v1'.length)}`);
      found.set(shape, succeeds ? 'answered' : 'refused');
    }
  }
  return found;
}

/** A call that the document does not show. */
export interface UndocumentedCall {
  readonly method: string;
  /** `/v1/organizations/:org_name/companies` */
  readonly path: string;
  readonly refuses: boolean;
}

/** Presence of each listed operation, by its name. */
export function presenceOf(
  listed: readonly ListedOperation[],
  document: GatewayDocument,
  undocumented: readonly UndocumentedCall[] = [],
): Map<string, Presence> {
  const found = presenceByShape(document);
  for (const { method, path, refuses } of undocumented) {
    const name = `${method} ${path.slice('/v1'.length)}`.replaceAll(/:\w+/g, '{}');
    found.set(shapeOf(name), refuses ? 'refused' : 'answered');
  }
  return new Map(listed.map(({ name }) => [name, found.get(shapeOf(name)) ?? 'absent']));
}

/** Rows of the page's tables: operation, verdict, note. */
export function parsePage(text: string): PageRow[] {
  let section = '';
  return text.split('\n').flatMap((line) => {
    if (line.startsWith('#')) section = line.replace(/^#+ /, '');
    const [, name = '', verdict = '', note = ''] = /^\| `([A-Z]+ \/.*?)` \| (.*?) \| (.*?) ?\|$/.exec(line) ?? [];
    return name ? [{ section, name, verdict, note }] : [];
  });
}

/** Contradictions between the list, the page and the routes; empty when there are none. */
export function contradictions(
  listed: readonly ListedOperation[],
  rows: readonly PageRow[],
  presence: ReadonlyMap<string, Presence>,
): string[] {
  const keyOf = ({ section, name }: { section: string; name: string }): string => `${section}: ${name}`;
  const listedKeys = listed.map(keyOf);
  const rowKeys = rows.map(keyOf);
  const isVerdict = (word: string): word is `${Verdict}` => Object.hasOwn(verdicts, word);
  return [
    ...listedKeys.filter((key) => !rowKeys.includes(key)).map((key) => `${key} is missing in the page`),
    ...rowKeys.filter((key) => !listedKeys.includes(key)).map((key) => `${key} is not in the list`),
    ...rowKeys.filter((key, at) => rowKeys.indexOf(key) !== at).map((key) => `${key} stands twice in the page`),
    ...rows.flatMap(({ name, verdict, note }) => {
      const present = presence.get(name) ?? 'absent';
      if (!isVerdict(verdict)) return [`${name} has the unknown verdict ${verdict}`];
      if (verdicts[verdict] !== present) return [`${name} is ${present}, and the page says ${verdict}`];
      return verdict === 'differs' && note === '' ? [`${name} differs, and the page does not say how`] : [];
    }),
  ];
}

const isOfMonetization = ({ name }: { name: string }): boolean =>
  name.includes(' /mint/') || name.includes(' /triggers');

// The keys of `verdicts` begin with 501, which is a number.
const words = ['works', 'differs', 'empty', '501', 'absent'] as const satisfies readonly `${Verdict}`[];

/** The table of counts, in Markdown: a row for each of both documents, and their sum. */
export function summarize(rows: readonly PageRow[]): string {
  const lineOf = (title: string, counted: readonly PageRow[]): string => {
    const counts = words.map((word) => counted.filter(({ verdict }) => verdict === word).length);
    return `| ${[title, ...counts, counted.length].join(' | ')} |`;
  };
  return [
    `| Document | ${words.map((word) => `\`${word}\``).join(' | ')} | Operations |`,
    `|---|${words.map(() => '--:').join('|')}|--:|`,
    lineOf(
      'Management API, the part below',
      rows.filter((row) => !isOfMonetization(row)),
    ),
    lineOf('Monetization API', rows.filter(isOfMonetization)),
    lineOf('Both', rows),
  ].join('\n');
}

const summaryTable = /(?<=^## Summary\n\n)(?:\|.*\n)+/m;

/** The page with the counts of its rows. */
export const withSummary = (text: string): string => text.replace(summaryTable, `${summarize(parsePage(text))}\n`);
