import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { createSystemClock, createTimeFormat } from '../src/clock.ts';
import { createTestClock } from '../src/testing/clock.ts';

const micros = (text: string, more = 0): number => Date.parse(text) * 1000 + more;

describe('the system clock', () => {
  test('the clock counts whole microseconds, close to the wall clock and never backwards', () => {
    const now = createSystemClock();
    let last = now();
    for (let reading = 0; reading < 10_000; reading += 1) {
      const time = now();
      assert.ok(Number.isSafeInteger(time) && time >= last);
      last = time;
    }
    assert.ok(Math.abs(last / 1000 - Date.now()) < 50);
    const readings = new Set(Array.from({ length: 1000 }, () => now() % 1000));
    assert.ok(readings.size > 1, 'finer than milliseconds');
  });

  test('the clock follows the wall clock when an operator sets it', () => {
    const now = createSystemClock();
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 3_600_000 });
    try {
      assert.ok(Math.abs(now() / 1000 - Date.now()) < 50);
    } finally {
      mock.timers.reset();
    }
  });
});

describe('the test clock', () => {
  test('the clock can be advanced and set, and runs on from there', () => {
    const clock = createTestClock();
    const before = clock.now();
    clock.advance(60_000);
    assert.ok(clock.now() - before >= 60_000_000);
    clock.set(new Date('2030-01-01T00:00:00Z'));
    const set = clock.now() - micros('2030-01-01T00:00:00Z');
    assert.ok(set >= 0 && set < 1_000_000, `${set} µs`);
  });
});

describe('time format', () => {
  const cases: [zone: string, time: number, written: string][] = [
    ['UTC', micros('2025-12-23T23:16:10.419Z', 696), '2025-12-23T23:16:10.419696Z'],
    ['Europe/Istanbul', micros('2025-12-23T23:16:10.419Z', 696), '2025-12-24T02:16:10.419696+03:00'],
    ['UTC', micros('2025-01-01T00:00:00Z'), '2025-01-01T00:00:00.000000Z'],
    ['UTC', micros('2025-01-01T00:00:00Z', 7), '2025-01-01T00:00:00.000007Z'],
    ['UTC', -1, '1969-12-31T23:59:59.999999Z'],
    ['America/St_Johns', micros('2025-01-15T12:00:00Z'), '2025-01-15T08:30:00.000000-03:30'],
    ['Asia/Kathmandu', micros('2025-01-15T20:00:00Z'), '2025-01-16T01:45:00.000000+05:45'],
    ['Europe/London', micros('2025-01-15T12:00:00Z'), '2025-01-15T12:00:00.000000+00:00'],
    ['Europe/London', micros('2025-07-15T12:00:00Z'), '2025-07-15T13:00:00.000000+01:00'],
  ];
  for (const [zone, time, written] of cases) {
    test(`a time in ${zone} is formatted as ${written}`, () => {
      assert.equal(createTimeFormat(zone)(time), written);
      assert.equal(Date.parse(written), Math.floor(time / 1000));
    });
  }

  test('the offset follows the change to summer time and back', () => {
    const format = createTimeFormat('America/New_York');
    assert.equal(format(micros('2025-03-09T06:59:59.999Z', 999)), '2025-03-09T01:59:59.999999-05:00');
    assert.equal(format(micros('2025-03-09T07:00:00Z')), '2025-03-09T03:00:00.000000-04:00');
    assert.equal(format(micros('2025-11-02T05:59:59Z')), '2025-11-02T01:59:59.000000-04:00');
    assert.equal(format(micros('2025-11-02T06:00:00Z')), '2025-11-02T01:00:00.000000-05:00');
    assert.equal(format(micros('2025-03-09T06:59:59Z')), '2025-03-09T01:59:59.000000-05:00');
  });
});
