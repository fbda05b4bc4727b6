import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  emptyInterval,
  intervalsOf,
  parseUsageTarget,
  percentagesOf,
  planOf,
  problemsOf,
  toCondition,
  toUsageTarget,
  webhooksOf,
} from '../../plugins/console/web/src/pages/rate-plans/notify-at.ts';
import { parseUsageTarget as thresholdsOf } from '../../plugins/integration/conditions/usage-target.ts';

const interval = (from: string, to = '', step = '') => ({ from, to, step });

describe('percentages of intervals', () => {
  const cases: [string, ReturnType<typeof interval>[], number[]][] = [
    ['A lone first field is exactly that percentage', [interval('80')], [80]],
    ['A step without an end has no effect', [interval('80', '', '5')], [80]],
    ['A range without a step goes by 10', [interval('80', '120')], [80, 90, 100, 110, 120]],
    ['The end is left out unless a step lands on it', [interval('10', '25', '10')], [10, 20]],
    ['Intervals are joined, sorted and without duplicates', [interval('100'), interval('90', '110')], [90, 100, 110]],
    ['Empty and invalid intervals add nothing', [emptyInterval, interval('x'), interval('50', '40')], []],
    ['Spaces around numbers are ignored', [interval(' 5 ', ' 7 ', ' 1 ')], [5, 6, 7]],
  ];
  for (const [title, intervals, expected] of cases) {
    test(title, () => assert.deepEqual(percentagesOf(intervals), expected));
  }

  test('The API reads the same percentages from the text of an interval', () => {
    for (const each of [interval('1'), interval('80', '120'), interval('3', '1000', '7'), interval('5', '5', '2')])
      assert.deepEqual(percentagesOf([each]), thresholdsOf(toUsageTarget(each)));
  });
});

describe('problems of intervals', () => {
  const cases: [string, ReturnType<typeof interval>, object][] = [
    ['An empty interval has no problem', emptyInterval, {}],
    ['An end needs a start', interval('', '90'), { from: 'required' }],
    ['A start of 0 is refused', interval('0'), { from: 'whole' }],
    ['Fractions and signs are refused', interval('80.5', '-1', '1e1'), { from: 'whole', to: 'whole', step: 'whole' }],
    ['Percentages end at 1000', interval('1001', '1001'), { from: 'above-most', to: 'above-most' }],
    ['1000 is allowed', interval('1000', '1000'), {}],
    ['An end below the start is refused', interval('90', '80'), { to: 'below-start' }],
    ['A step of 0 is refused', interval('80', '90', '0'), { step: 'whole' }],
  ];
  for (const [title, given, expected] of cases) {
    test(title, () => assert.deepEqual(problemsOf(given), expected));
  }
});

describe('conditions', () => {
  test('An interval is written as a UsageTarget, and read from it', () => {
    assert.equal(toUsageTarget(interval('80', '120')), '%= 80 to 120 by 10');
    assert.equal(toUsageTarget(interval('80')), '%= 80');
    assert.deepEqual(parseUsageTarget('%= 80 to 120 by 10'), interval('80', '120', '10'));
    assert.deepEqual(parseUsageTarget(' %=80  to 90 '), interval('80', '90'));
    assert.equal(parseUsageTarget('80 %'), undefined);
  });

  test('A condition names the plan, that it is published, every interval and every webhook', () => {
    const condition = toCondition('a_b', [interval('80', '120'), emptyInterval, interval('150')], ['w1', 'w2']);
    assert.deepEqual(condition.notificationCondition, [
      { attribute: 'RATEPLAN', value: 'a_b' },
      { attribute: 'PUBLISHED', value: 'TRUE' },
      { attribute: 'UsageTarget', value: '%= 80 to 120 by 10' },
      { attribute: 'UsageTarget', value: '%= 150' },
    ]);
    assert.equal(planOf(condition), 'a_b');
    assert.deepEqual(intervalsOf(condition), [interval('80', '120', '10'), interval('150')]);
    assert.deepEqual(webhooksOf(condition), ['w1', 'w2']);
  });

  test('A webhook that is named twice is one webhook', () => {
    assert.deepEqual(webhooksOf(toCondition('a', [], ['A1', 'a1'])), ['a1']);
  });
});
