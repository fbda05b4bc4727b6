import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';

const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');

/** Prints failed tests with their cause, tests skipped as too slow here, and a last line with the counts. */
export default async function* quietReporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const nameOf = followNames();
  for await (const event of source) {
    if (event.type === 'test:stderr' || event.type === 'test:stdout') yield event.data.message;
    if (event.type === 'test:start') nameOf(event.data);
    if (event.type === 'test:pass' && event.data.details.type !== 'suite') {
      const { skip } = event.data;
      counts[skip === undefined ? 'passed' : 'skipped'] += 1;
      if (`${skip}`.startsWith('too slow here')) yield `SKIPPED ${nameOf(event.data)}\n${indent(`${skip}`)}\n`;
    }
    if (event.type !== 'test:fail') continue;
    const error = event.data.details.error as Error & { failureType?: string };
    // A suite that fails because of its tests is not printed, since they are. A suite that fails by itself is printed.
    if (event.data.details.type === 'suite' && error.failureType === 'subtestsFailed') continue;
    counts.failed += 1;
    yield `FAILED ${nameOf(event.data)}\n${indent(causeOf(error))}\n`;
  }
  const skipped = counts.skipped === 0 ? '' : `, ${counts.skipped} skipped`;
  yield `${counts.passed} passed, ${counts.failed} failed${skipped}\n`;
}

interface Named {
  name: string;
  nesting: number;
  /** The file that defines the test, which may be a module shared by several test files. */
  file?: string | undefined;
  /** The test file of the process. */
  entryFile?: string | undefined;
}

/** Collects the names of started suites and tests; returns the file and the path of names of one, `suite > suite > test`. */
function followNames(): (test: Named) => string {
  const paths = new Map<string, string[]>();
  return ({ name, nesting, file = '', entryFile = file }) => {
    const path = [...(paths.get(entryFile) ?? []).slice(0, nesting), name];
    paths.set(entryFile, path);
    // In a process of several files, each is a suite with its path as the name.
    const [first = '', ...others] = path;
    if (first.endsWith('.test.ts')) return `${first}: ${others.join(' > ')}`;
    return `${relative(process.cwd(), entryFile)}: ${path.join(' > ')}`;
  };
}

function causeOf(error: Error): string {
  const { cause: thrown = error.message } = error;
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : textOf(thrown);
}

/** Anything may be thrown. */
const textOf = (thrown: unknown): string => (typeof thrown === 'string' ? thrown : inspect(thrown));
