import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  changeFilter,
  type DeliveryFilter,
  filterOf,
  fromLocalInput,
  searchOf,
  toApiFilter,
  toLocalInput,
} from '../../plugins/console/web/src/api/delivery-filter.ts';
import { append, indexBelow, refresh, splitNew, timeOfId } from '../../plugins/console/web/src/api/rows.ts';
import { parseDecision } from '../../plugins/console/web/src/deliveries/decision.ts';
import { formatClock } from '../../plugins/console/web/src/format/clock.ts';
import {
  beginningOf,
  bytesOf,
  formatJson,
  parseExactly,
  readObject,
} from '../../plugins/console/web/src/format/json-text.ts';
import { jobOf, withJob } from '../../plugins/console/web/src/pages/deliveries/job-address.ts';
import { phasesOf } from '../../plugins/console/web/src/pages/deliveries/phases.ts';
import type { Outcome } from '../../src/dispatcher/model/outcome.ts';
import { decide, maxUnknowns } from '../../src/dispatcher/model/policy.ts';

const id = '0190a000-0000-7000-8000-000000000001';

describe('the filter of the deliveries page', () => {
  const all: DeliveryFilter = {
    status: 'failed',
    endpoint: id,
    type: 'order:filled/more',
    event: id,
    node: id,
    error: 'read_timeout',
    last_status: 503,
    url_host: '[::1]:8443',
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-02T00:00:00.000Z',
  };

  test('an address gives back the filter that wrote it', () => {
    for (const filter of [all, { last: '1h' }, {}] as DeliveryFilter[])
      assert.deepEqual(filterOf(searchOf(filter)), filter);
  });

  test('values that are not valid, unknown and empty ones are left out', () => {
    const search = `status=lost&endpoint=1&event=x&error=none&last_status=99&url_host=a/b&last=2h&from=never&type=&job=${id}`;
    assert.deepEqual(filterOf(search), {});
    for (const type of ['x'.repeat(129), 'order.*', 'an%20order']) assert.deepEqual(filterOf(`type=${type}`), {}, type);
    const times = `from=${all.to}&to=${all.from}`;
    assert.deepEqual(filterOf(times), { from: all.to }, times);
    assert.deepEqual(filterOf(`endpoint=${id.toUpperCase()}`), { endpoint: id });
  });

  test('a span and a range exclude each other', () => {
    const { from, to: _, ...rest } = all;
    assert.deepEqual(changeFilter(all, { last: '7d' }), { ...rest, last: '7d' });
    assert.deepEqual(changeFilter({ last: '7d' }, { from: all.from }), { from });
    assert.deepEqual(changeFilter({ last: '7d' }, { status: 'held' }), { last: '7d', status: 'held' });
    assert.deepEqual(changeFilter({ last: '7d' }, { last: undefined }), {});
    assert.deepEqual(changeFilter({ from: all.from ?? '', status: 'held' }, { from: undefined }), { status: 'held' });
    assert.deepEqual(filterOf(`last=1d&from=${all.from}`), { last: '1d' });
  });

  test('the API gets a span as the time of its begin', () => {
    const now = Date.parse('2026-01-08T00:00:00Z');
    assert.deepEqual(toApiFilter({ status: 'failed', last: '7d' }, now), {
      status: 'failed',
      from: '2026-01-01T00:00:00.000Z',
    });
    assert.deepEqual(toApiFilter(all, now), all);
  });

  test('a time survives the field in the local zone', () => {
    for (const time of ['2026-01-01T00:00:00.000Z', '2026-07-01T23:59:00.000Z'])
      assert.equal(fromLocalInput(toLocalInput(time)), time);
    for (const text of ['', '0002-01-01T00:00', '+012026-01-01T00:00:00Z', '275760-01-01T00:00'])
      assert.equal(fromLocalInput(text), undefined, text);
  });
});

describe('decisions in words', () => {
  const schedule = [300, 300, 300];
  const answered = (status: number): Outcome => ({ kind: 'answered', status, headers: {}, body: '', truncated: false });
  const outcomes: Outcome[] = [
    answered(204),
    answered(503),
    answered(410),
    { kind: 'silent', error: 'read_timeout' },
    { kind: 'invalid', error: 'invalid_answer' },
    { kind: 'refused', error: 'address_refused', detail: '' },
    { kind: 'gone' },
    { kind: 'unknown' },
  ];
  const histories = [
    { retries: 0, unknowns: 0 },
    { retries: 3, unknowns: maxUnknowns - 1 },
  ];

  test('every decision of the dispatcher is understood', () => {
    for (const outcome of outcomes)
      for (const history of histories) {
        const { words, state } = decide(outcome, history, schedule);
        const decision = parseDecision(words);
        assert.ok(decision, words);
        if (state === 'delivered' || state === 'cancelled') assert.equal(decision.kind, state);
      }
  });

  test('retries, the end of retries and crashes have their figures', () => {
    const [first, last] = histories as [(typeof histories)[0], (typeof histories)[0]];
    const parsed = (outcome: Outcome, history: typeof first) => parseDecision(decide(outcome, history, schedule).words);
    assert.deepEqual(parsed(answered(503), first), {
      kind: 'retry',
      cause: 'endpoint_failed',
      number: 1,
      of: 3,
      seconds: 300,
    });
    assert.deepEqual(parsed(answered(503), last), { kind: 'failed', cause: 'endpoint_failed', exhausted: true });
    assert.deepEqual(parsed(answered(410), first), { kind: 'failed', cause: 'rejected', exhausted: false });
    assert.deepEqual(parsed({ kind: 'unknown' }, last), { kind: 'crash_loop', attempts: maxUnknowns });
  });

  test('words about later events are understood, others are not', () => {
    assert.deepEqual(parseDecision('sent again by request'), { kind: 'sent_again' });
    assert.deepEqual(parseDecision('held: the endpoint is disabled'), { kind: 'held', cause: 'disabled' });
    assert.equal(parseDecision('cancelled: by request, or with its endpoint')?.kind, 'cancelled');
    assert.equal(parseDecision('cancelled by request: outcome unknown')?.kind, 'cancelled_by_request');
    for (const words of ['', 'failed: toString', 'retry 1 of 3 in 5 s: the moon', 'put off', 'constructor'])
      assert.equal(parseDecision(words), undefined, words);
  });
});

describe('phases of an attempt', () => {
  test('follow each other, and the remainder is the rest', () => {
    const known = phasesOf({ dns: 10, connect: 20, tls: 30, first_byte: 40, total: 200 });
    assert.equal(known?.total, 200);
    assert.deepEqual(known?.phases.at(-1), { name: 'rest', milliseconds: 100, start: 0.5, length: 0.5 });
    assert.deepEqual(
      known?.phases.map(({ name, start }) => [name, start]),
      [
        ['dns', 0],
        ['connect', 0.05],
        ['tls', 0.15],
        ['first_byte', 0.3],
        ['rest', 0.5],
      ],
    );
  });

  test('skipped phases and values that are no numbers are left out', () => {
    assert.deepEqual(phasesOf({ dns: 'slow', first_byte: 5, total: 5 })?.phases, [
      { name: 'first_byte', milliseconds: 5, start: 0, length: 1 },
    ]);
    assert.deepEqual(phasesOf({ total: 3000 }), { phases: [], total: 3000 });
    assert.equal(phasesOf(null), undefined);
    assert.equal(phasesOf({}), undefined);
  });
});

describe('loaded rows', () => {
  const rowsOf = (ids: string, mark = '') => [...ids].map((letter) => ({ id: letter, mark }));
  const textOf = (rows: readonly { id: string; mark: string }[]) =>
    rows.map(({ id: one, mark }) => one + mark).join(' ');
  const loaded = { rows: rowsOf('hgfedc'), next: 'c' };

  test('the first row below an id is found', () => {
    assert.equal(indexBelow(loaded.rows, 'z'), 0);
    assert.equal(indexBelow(loaded.rows, 'f'), 3);
    assert.equal(indexBelow(loaded.rows, 'a'), 6);
    assert.equal(indexBelow([], 'a'), 0);
  });

  test('a page is added at its cursor alone', () => {
    const page = { rows: rowsOf('ba'), next_cursor: null };
    assert.equal(textOf(append(loaded, page, 'c').rows), 'h g f e d c b a');
    assert.equal(append(loaded, page, 'd'), loaded);
  });

  test('a page that was read again replaces the rows of its range: changed, new and gone ones', () => {
    const page = { rows: rowsOf('ge', '!'), next_cursor: 'e' };
    assert.equal(textOf(refresh(loaded, page, 'h').rows), 'h g! e! d c');
    const head = { rows: rowsOf('jih', '!'), next_cursor: 'h' };
    assert.equal(textOf(refresh(loaded, head, undefined).rows), 'j! i! h! g f e d c');
    const empty = { rows: [], next_cursor: 'e' };
    assert.equal(textOf(refresh(loaded, empty, 'g').rows), 'h g d c');
  });

  test('rows below the loaded ones are left to their own page', () => {
    const page = { rows: rowsOf('dcba', '!'), next_cursor: 'a' };
    assert.deepEqual(refresh(loaded, page, 'e'), {
      rows: [...rowsOf('hgfe'), ...rowsOf('dc', '!')],
      next: 'c',
    });
    const last = { rows: rowsOf('ba', '!'), next_cursor: null };
    assert.equal(textOf(refresh({ ...loaded, next: null }, last, 'c').rows), 'h g f e d c b! a!');
  });

  test('new rows are told from known ones, also when the newest known one has gone', () => {
    const page = { rows: rowsOf('jihg'), next_cursor: 'g' };
    assert.equal(textOf(splitNew(page, 'h').fresh), 'j i');
    assert.equal(textOf(splitNew(page, 'h').known.rows), 'h g');
    assert.equal(textOf(splitNew({ ...page, rows: rowsOf('jig') }, 'h').fresh), 'j i');
    assert.equal(textOf(splitNew(page, undefined).fresh), '');
  });

  test('an id tells its time', () => {
    assert.equal(timeOfId('01a229a9-af1e-72ec-812f-72f3e76cb897'), 0x01a229a9af1e);
  });
});

describe('a redelivery job in the address', () => {
  test('the job is found again beside the filter, and taken out alone', () => {
    const search = withJob('status=failed', { id, count: 120 });
    assert.equal(search, `status=failed&job=${id}&job_count=120`);
    assert.deepEqual(jobOf(search), { id, count: 120 });
    assert.deepEqual(filterOf(search), { status: 'failed' });
    assert.equal(withJob(search, undefined), 'status=failed');
    assert.deepEqual(jobOf(withJob(search, { id, count: undefined })), { id, count: undefined });
  });

  test('an address without an id has no job, and a count that is no number is left out', () => {
    assert.equal(jobOf('job=1&job_count=3'), undefined);
    assert.deepEqual(jobOf(`job=${id}&job_count=1e9`), { id, count: undefined });
  });
});

describe('payloads and clocks', () => {
  test('numbers stay as they were written', () => {
    const text = '{"n":12345678901234567890,"price":1.10,"small":3,"deep":[1e400,{"x":-0.0}]}';
    assert.equal(formatJson(parseExactly(text)).replace(/\s/g, ''), text);
    assert.throws(() => parseExactly('{'), SyntaxError);
  });

  test('typed JSON is an object with its numbers as they were typed, or has the place of its problem', () => {
    const read = readObject('{"amount": 12.50, "id": 1524831183200256789}');
    assert.ok('value' in read);
    assert.equal(JSON.stringify(read.value), '{"amount":12.50,"id":1524831183200256789}');
    const placeOf = (text: string): string => {
      const refused = readObject(text);
      return 'problem' in refused && refused.problem === 'syntax'
        ? `${refused.place?.line}:${refused.place?.column}`
        : 'JSON';
    };
    const places = {
      '': '1:1',
      '{"a": ': '1:7',
      '{"a": 1,\n  "b": x}': '2:8',
      '{"a": 1,}': '1:9',
      "{'a': 1}": '1:2',
      '{"a" 1}': '1:6',
      '{"a": 1 "b": 2}': '1:9',
      '[1, 2}': '1:6',
      '{} {}': '1:4',
      '{"a": 01}': '1:7',
      '{"a": "\n"}': '1:7',
      '{"a": truely}': '1:7',
    };
    for (const [text, place] of Object.entries(places)) assert.equal(placeOf(text), place, text);
    for (const text of ['[]', '1', '1.50', '"a"', 'null', 'true'])
      assert.deepEqual(readObject(text), { problem: 'no-object' }, text);
    assert.equal(bytesOf({ ş: 1 }), 8);
  });

  test('the beginning of a long text ends with a line where one is near', () => {
    assert.equal(beginningOf('short', 10), 'short');
    assert.equal(beginningOf('one line\nsecond line', 12), 'one line');
    assert.equal(beginningOf('x'.repeat(20), 12), 'x'.repeat(12));
  });

  test('a clock counts down to zero, and days are left to words', () => {
    assert.equal(formatClock(249_000), '4:09');
    assert.equal(formatClock(248_001), '4:09');
    assert.equal(formatClock(3_849_000), '1:04:09');
    assert.equal(formatClock(-5), '0:00');
    assert.equal(formatClock(86_400_000), undefined);
  });
});
