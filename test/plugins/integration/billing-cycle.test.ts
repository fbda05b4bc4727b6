import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDate } from '../../../plugins/integration/apigee/apigee-dates.ts';
import { addMonths, cycleAt } from '../../../plugins/integration/usage/billing-cycle.ts';

const at = (text: string): number => parseDate(text) ?? Number.NaN;

test('months are added to the original day and clamped to the end of shorter months', () => {
  const cases: [string, number, string][] = [
    ['2026-01-31', 1, '2026-02-28'],
    ['2026-01-31', 2, '2026-03-31'],
    ['2026-01-31', 3, '2026-04-30'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2024-02-29', 12, '2025-02-28'],
    ['2024-02-29', 48, '2028-02-29'],
    ['1999-12-31 23:59:59', 2, '2000-02-29 23:59:59'],
    ['2100-01-30', 1, '2100-02-28'],
    ['2026-08-31', 6, '2027-02-28'],
    ['2026-05-15 10:20:30', 0, '2026-05-15 10:20:30'],
    ['2026-05-15 10:20:30', 24, '2028-05-15 10:20:30'],
    ['2026-01-31', 11, '2026-12-31'],
    ['2026-01-31', 13, '2027-02-28'],
    ['2026-01-31', 25, '2028-02-29'],
    ['2099-12-29', 2, '2100-02-28'],
    ['2399-12-29', 2, '2400-02-29'],
    ['0001-01-31', 1, '0001-02-28'],
    ['9999-10-31', 1, '9999-11-30'],
  ];
  for (const [start, months, expected] of cases)
    assert.equal(addMonths(at(start), months), at(expected), `${start} + ${months}`);
});

test('a moment belongs to the cycle that began last', () => {
  const cases: [start: string, duration: number, moment: string, number: number, from: string, to: string][] = [
    ['2026-01-31', 1, '2026-01-31', 0, '2026-01-31', '2026-02-28'],
    ['2026-01-31', 1, '2026-02-27 23:59:59', 0, '2026-01-31', '2026-02-28'],
    ['2026-01-31', 1, '2026-02-28', 1, '2026-02-28', '2026-03-31'],
    ['2026-01-31', 1, '2026-03-30 23:59:59', 1, '2026-02-28', '2026-03-31'],
    ['2026-01-31', 1, '2026-03-31', 2, '2026-03-31', '2026-04-30'],
    ['2024-01-30 12:00:00', 1, '2024-02-29 11:59:59', 0, '2024-01-30 12:00:00', '2024-02-29 12:00:00'],
    ['2024-01-30 12:00:00', 1, '2024-02-29 12:00:00', 1, '2024-02-29 12:00:00', '2024-03-30 12:00:00'],
    ['2024-02-29', 12, '2025-02-28', 1, '2025-02-28', '2026-02-28'],
    ['2024-02-29', 12, '2028-02-28 23:59:59', 3, '2027-02-28', '2028-02-29'],
    ['2026-01-15', 3, '2026-12-31', 3, '2026-10-15', '2027-01-15'],
    ['2026-01-15', 24, '2027-12-31', 0, '2026-01-15', '2028-01-15'],
    ['9998-12-31', 1, '9999-11-29 23:59:59', 10, '9999-10-31', '9999-11-30'],
    ['1969-11-30', 3, '1970-02-28', 1, '1970-02-28', '1970-05-30'],
  ];
  for (const [start, duration, moment, number, from, to] of cases) {
    assert.deepEqual(
      cycleAt(at(start), duration, at(moment)),
      { number, start: at(from), end: at(to) },
      `${start} ${duration} ${moment}`,
    );
  }
});

test('a moment before the start belongs to no cycle', () => {
  assert.equal(cycleAt(at('2026-01-31'), 1, at('2026-01-31') - 1), undefined);
});

test('cycles of two centuries follow each other without gap or overlap', () => {
  for (const day of [1, 28, 29, 30, 31]) {
    for (const duration of [1, 5, 12, 24]) {
      const start = Date.UTC(2023, 11, day, 13, 14, 15, 16);
      let number = 0;
      for (let moment = start; moment < Date.UTC(2223, 0); number += 1) {
        const cycle = cycleAt(start, duration, moment);
        const note = `${day} ${duration} ${number}`;
        assert.ok(cycle && cycle.number === number && cycle.start === moment && cycle.end > moment, note);
        assert.equal(cycleAt(start, duration, cycle.end - 1)?.number, number, note);
        moment = cycle.end;
      }
    }
  }
});
