import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Admission, type Applicant } from '../../../src/proxy/upstreams/admission.ts';
import { eventually } from '../../support/eventually.ts';

const never = 2 ** 30;

/** A call whose events are added to `events`. */
function createApplicant(caller: string, events: string[], begun = (): void => {}): Applicant {
  return {
    caller,
    begin: () => {
      events.push(`${caller} begins`);
      begun();
    },
    refuse: () => void events.push(`${caller} is refused`),
  };
}

/** Enters calls of these callers; returns the calls and what happened. */
function fill(admission: Admission, callers: string) {
  const events: string[] = [];
  const calls = [...callers].map((caller) => createApplicant(caller, events));
  for (const call of calls) admission.enter(call);
  return { calls, events, leave: () => calls.forEach((call) => void admission.leave(call)) };
}

test('a single caller gets three quarters, and others the rest', () => {
  const { events } = fill(new Admission(never, 8), 'aaaaaaaabc');
  assert.deepEqual(events.slice(6), ['a is refused', 'a is refused', 'b begins', 'c begins']);
});

test('a caller that has its quarter gets no more while three quarters are in use', () => {
  const { calls, events } = fill(new Admission(never, 8), 'aabbcc');
  assert.equal(events.length, calls.length);
  const admission = new Admission(never, 8);
  fill(admission, 'aabbcc');
  assert.deepEqual(fill(admission, 'abcd').events, ['a is refused', 'b is refused', 'c is refused', 'd begins']);
});

test('calls wait in their order, as many as begin, and begin when others end', () => {
  const admission = new Admission(never, 4);
  const first = fill(admission, 'abcd');
  const { calls, events, leave } = fill(admission, 'efghi');
  assert.deepEqual(events, ['i is refused']);
  admission.leave(calls[1] as Applicant);
  first.leave();
  assert.deepEqual(events.slice(1), ['e begins', 'g begins', 'h begins']);
  leave();
  assert.equal(fill(admission, 'aaa').events.length, 3);
});

test('a call that waits for too long is refused', async () => {
  const admission = new Admission(10, 1);
  fill(admission, 'a');
  const { events } = fill(admission, 'b');
  await eventually(() => events.length === 1);
  assert.deepEqual(events, ['b is refused']);
});

test('thousands of waiting calls that end as they begin do not fill the stack', () => {
  const admission = new Admission(never, 20_000);
  const events: string[] = [];
  const first = Array.from({ length: 20_000 }, (_, index) => createApplicant(`first ${index % 10}`, events));
  for (const call of first) admission.enter(call);
  for (let index = 0; index < 1000; index += 1) {
    const call = createApplicant(`later ${index}`, events, () => admission.leave(call));
    admission.enter(call);
  }
  admission.leave(first[0] as Applicant);
  assert.equal(events.filter((event) => /^later \d+ begins$/.test(event)).length, 1000);
});
