import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { test } from 'node:test';
import { readDocument, root } from './documents.ts';
import { type LogLine, logLinesIn } from './log-lines.ts';

process.removeAllListeners('warning'); // `stripTypeScriptTypes` announces that it is experimental.

const ofServers = ['src/**/*.ts', 'plugins/**/*.ts', 'bin/*.mjs'];
const files = globSync(ofServers, { cwd: root, exclude: ['plugins/console/web/**'] });
const sources = files
  .filter((file) => !file.startsWith('src/testing/'))
  .map((file) => [file, readDocument(file)] as const);
const page = readDocument('docs/logs.md');

/** The one line whose message is given at run time: each caller of `createFailureLog` counts as a line. */
const isFailureLog = ({ file, level }: LogLine): boolean => file === 'src/lifecycle/failure-log.ts' && level === 'warn';
const lines = sources.flatMap(([file, source]) => logLinesIn(file, source)).filter((line) => !isFailureLog(line));

/** Parts that write the lines of a folder, as `labelled` names them; lines of the other rooms are of any part. */
const parts = [
  [/^plugins\/(\w+)\//, undefined],
  [/^src\/(?:workers|cli\/supervise)/, 'workers'],
  [/^src\/(dispatcher|proxy)\//, undefined],
  [/^src\/main/, 'process'],
  [/^src\/outage-watch/, 'database'],
  [/^src\/metering\/metering/, 'metering'],
  [/^src\/(?:gateway|cli|foundation|app|tls)/, 'gateway'],
] as const;

function partOf(file: string): string {
  for (const [pattern, name] of parts) {
    const match = pattern.exec(file);
    if (match) return name ?? match[1] ?? '';
  }
  return 'any';
}

const entry = (level: string, part: string, message: string, fields: readonly string[]): string =>
  `${level} ${part}: ${message} (${[...new Set(fields)].toSorted().join(', ')})`;

/** Rows of the tables of the page: `| part | message | fields | meaning | remedy |`, under the heading of their level. */
function documentedLines(): string[] {
  const sections = page.split(/^## /m).filter((section) => /^(error|warn|info|debug)\n/.test(section));
  return sections.flatMap((section) => {
    const rows = section.matchAll(/^\| (\w+) \| `([^`]+)` \| ([^|]+) \| [^|]+ \| [^|]+ \|$/gm);
    const level = section.slice(0, section.indexOf('\n'));
    return [...rows].map(([, part = '', message = '', fields = '']) =>
      entry(level, part, message, fields === 'none' ? [] : fields.replaceAll('`', '').split(', ')),
    );
  });
}

test('every message of a log line is a text of the source', () => {
  assert.deepEqual(
    lines.filter(({ message }) => message === undefined),
    [],
  );
});

test('docs/logs.md lists exactly the log lines of the source, with their level, part and fields', () => {
  const written = lines.map(({ level, file, message = '', fields }) => entry(level, partOf(file), message, fields));
  assert.deepEqual(documentedLines().toSorted(), [...new Set(written)].toSorted());
});

test('a line is found with every name of its logger, and a message that is built at run time is reported', () => {
  const source = `
    const text = 'from a constant';
    parts.logger.warn(text, { file, ...(code ? { code } : {}), ...describeError(error) });
    output.labelled('gateway').info('labelled');
    log.error(\`built \${name}\`);
    const failures = createFailureLog(journal, 'repeated');
    failures.failed(error, { results });
    helpers.error('no line');
  `;
  assert.deepEqual(
    logLinesIn('x.mjs', source).map(({ level, message, fields }) => ({ level, message, fields })),
    [
      { level: 'warn', message: 'from a constant', fields: ['file', 'code', 'cause'] },
      { level: 'info', message: 'labelled', fields: [] },
      { level: 'error', message: undefined, fields: [] },
      { level: 'warn', message: 'repeated', fields: ['failures', 'cause', 'results'] },
    ],
  );
});

test('docs/logs.md lists exactly the fields of an access line', () => {
  const source = readDocument('src/gateway/entry/access-log.ts');
  const json = source.slice(source.indexOf('function createJsonLine'), source.indexOf('const maxQuoted'));
  const ofEveryLine = ['timestamp', 'level', 'label', 'message'];
  const written = [...json.matchAll(/"(\w+)":/g)].map(([, name = '']) => name);
  const section = page.slice(page.indexOf('## Access lines'), page.indexOf('## Messages of a start'));
  const rows = [...section.matchAll(/^\| (`[^|]+`) \|/gm)];
  const listed = rows.flatMap(([, names = '']) => names.replaceAll('`', '').split(', '));
  assert.deepEqual(listed.toSorted(), written.filter((name) => !ofEveryLine.includes(name)).toSorted());
});

test('every message of a start that ends, in docs/logs.md, is in the source', () => {
  const all = sources.map(([, source]) => source.replaceAll(/\$\{[^}]*\}+/g, '…')).join('\n');
  const section = page.slice(page.indexOf('## Messages of a start'));
  const listed = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, message = '']) => message);
  assert.ok(listed.length > 5);
  assert.deepEqual(
    listed.filter((message) => !all.includes(message)),
    [],
  );
});
