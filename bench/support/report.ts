/** The results of a suite. */
export interface Report {
  /** The command that repeats the measurement. */
  readonly command: string;
  /** Machine, versions and method, a line each. */
  readonly circumstances: readonly string[];
  readonly tables: readonly Table[];
  readonly bounds: readonly Bound[];
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Bound {
  readonly name: string;
  readonly found: string;
  readonly wanted: string;
  readonly isMet: boolean;
}

export const atLeast = (name: string, value: number, limit: number): Bound => ({
  name,
  found: value.toFixed(2),
  wanted: `at least ${limit}`,
  isMet: value >= limit,
});

export const atMost = (name: string, value: number, limit: number, unit: string): Bound => ({
  name,
  found: `${value.toFixed(0)} ${unit}`,
  wanted: `at most ${limit} ${unit}`,
  isMet: value <= limit,
});

export function toMarkdown({ command, circumstances, tables, bounds }: Report): string {
  const verdicts: Table = {
    columns: ['Bound', 'Wanted', 'Found', ''],
    rows: bounds.map(({ name, wanted, found, isMet }) => [name, wanted, found, isMet ? 'met' : '**missed**']),
  };
  return [
    `Repeat with \`${command}\`.\n`,
    circumstances.map((line) => `- ${line}\n`).join(''),
    ...(bounds.length > 0 ? [...tables, verdicts] : tables).map(toTable),
  ].join('\n');
}

function toTable({ columns, rows }: Table): string {
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0))).join(' | ')} |\n`;
  const rule = widths.map((width, index) => (index === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return line(columns) + line(rule) + rows.map(line).join('');
}
