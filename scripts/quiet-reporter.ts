import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';

const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');

/** Says nothing about what passed; what failed is printed with its cause, and the last line counts. */
export default async function* quietReporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let passed = 0;
  let failed = 0;
  for await (const event of source) {
    if (event.type === 'test:stderr' || event.type === 'test:stdout') yield event.data.message;
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const isSuite = event.data.details.type === 'suite';
    if (event.type === 'test:pass') passed += isSuite ? 0 : 1;
    if (event.type !== 'test:fail') continue;
    const error = event.data.details.error as Error & { failureType?: string };
    // A suite fails because of its tests, which have been counted and shown, unless it broke by itself.
    if (isSuite && error.failureType === 'subtestsFailed') continue;
    failed += 1;
    const { cause: thrown = error.message } = error;
    const cause = thrown instanceof Error ? (thrown.stack ?? thrown.message) : textOf(thrown);
    yield `FAILED ${event.data.file ?? ''} ${event.data.name}\n${indent(cause)}\n`;
  }
  yield `${passed} passed, ${failed} failed\n`;
}

/** Anything may be thrown. */
const textOf = (thrown: unknown): string => (typeof thrown === 'string' ? thrown : inspect(thrown));
