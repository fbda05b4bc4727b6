import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseUsageTarget, unionOf } from '../../../plugins/integration/conditions/usage-target.ts';

test('a usage target is one percentage, a range in steps of 10, or a range with its own step', () => {
  const cases: [string, number[]][] = [
    ['%= 80', [80]],
    ['%=80', [80]],
    [' %= 1000 ', [1000]],
    ['%= 80 to 120', [80, 90, 100, 110, 120]],
    ['%= 80 to 120 by 10', [80, 90, 100, 110, 120]],
    ['%= 80  to  125 by 20', [80, 100, 120]],
    ['%= 5 to 14', [5]],
    ['%= 5 to 15', [5, 15]],
    ['%= 7 to 7 by 3', [7]],
    ['%= 1 to 3 by 1', [1, 2, 3]],
    ['%= 80 TO 120 BY 20', [80, 100, 120]],
    ['%= 80 To 90', [80, 90]],
    ['%= 1 to 1000 by 999', [1, 1000]],
    ['%= 80 to 120 by 500000000', [80]],
  ];
  for (const [text, expected] of cases) assert.deepEqual(parseUsageTarget(text), expected, text);
});

test('an invalid usage target is refused with its problem', () => {
  const cases: [string, RegExp][] = [
    ['', /must be %= A/],
    ['80', /must be %= A/],
    ['= 80', /must be %= A/],
    ['%= 80%', /must be %= A/],
    ['%= 8.5', /must be %= A/],
    ['%= -80', /must be %= A/],
    ['%= 80 to', /must be %= A/],
    ['%= 80 by 10', /must be %= A/],
    ['%= 80 to 120 by', /must be %= A/],
    ['%= 80to120', /must be %= A/],
    ['%= 80 to 120 by 10 by 10', /must be %= A/],
    ['%= 1234567890', /must be %= A/],
    ['%= 0', /above 0/],
    ['%= 0 to 100', /above 0/],
    ['%= 120 to 80', /below its start/],
    ['%= 80 to 1001', /above 1000/],
    ['%= 1001', /above 1000/],
    ['%= 80 to 120 by 0', /step of at least 1/],
  ];
  for (const [text, expected] of cases) {
    const problem = parseUsageTarget(text);
    assert.equal(typeof problem, 'string', text);
    assert.match(String(problem), expected, text);
  }
});

test('several intervals form a sorted union', () => {
  assert.deepEqual(unionOf([[100, 110], [80, 100], [9]]), [9, 80, 100, 110]);
});
