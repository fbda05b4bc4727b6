import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSchemaBudget } from '../../../plugins/integration/event-types/schema-budget.ts';
import { isApiError } from '../../../src/errors.ts';

const retryAfter = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    assert.ok(isApiError(error) && error.code === 'RATE_LIMITED');
    return error.headers['Retry-After'];
  }
};

test('an organization whose schemas take all the time is refused until time has passed, and no other is', () => {
  let time = 0;
  const budget = createSchemaBudget(() => time);
  const takes = (organization: string, milliseconds: number) =>
    retryAfter(() =>
      budget.spend(organization, () => {
        time += milliseconds;
      }),
    );
  for (let step = 0; step < 10; step += 1) assert.equal(takes('costly', 500), undefined);
  const seconds = Number(takes('costly', 500));
  assert.ok(seconds > 0 && seconds < 5, String(seconds));
  assert.equal(takes('other', 500), undefined);
  time += seconds * 1000;
  assert.equal(takes('costly', 500), undefined);
});

test('failing work is counted, and its error is passed on', () => {
  let time = 0;
  const budget = createSchemaBudget(() => time);
  const fails = (): never => {
    time += 6000;
    throw new RangeError('too deep');
  };
  assert.throws(() => budget.spend('costly', fails), RangeError);
  assert.notEqual(
    retryAfter(() => budget.spend('costly', fails)),
    undefined,
  );
});
