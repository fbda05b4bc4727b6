import type { Finding } from './check.ts';

const marks: Readonly<Record<Finding['result'], string>> = {
  passed: 'passed',
  failed: '**failed**',
  skipped: 'skipped',
};

const cell = (text: string): string => text.replace(/[\\`*_{}[\]<>|~]/g, '\\$&').replace(/\s+/g, ' ');

export const countOf = (findings: readonly Finding[], result: Finding['result']): number =>
  findings.filter((finding) => finding.result === result).length;

/** Renders a Markdown report: totals for each section, then every check. */
export function toMarkdown(findings: readonly Finding[]): string {
  const sections = Map.groupBy(findings, ({ section }) => section);
  const row = (title: string, some: readonly Finding[]): string =>
    `| ${cell(title)} | ${countOf(some, 'passed')} | ${countOf(some, 'failed')} | ${countOf(some, 'skipped')} |`;
  const parts = [...sections].map(([title, some]) =>
    [
      `## ${cell(title)}`,
      '',
      '| Check | Result | Seen |',
      '|---|---|---|',
      ...some.map(({ name, result, note }) => `| ${cell(name)} | ${marks[result]} | ${cell(note)} |`),
    ].join('\n'),
  );
  return [
    '# Conformance report',
    '',
    '| Section | Passed | Failed | Skipped |',
    '|---|---|---|---|',
    ...[...sections].map(([title, some]) => row(title, some)),
    row('all', findings),
    '',
    parts.join('\n\n'),
    '',
  ].join('\n');
}
