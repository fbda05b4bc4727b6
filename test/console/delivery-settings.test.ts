import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  fieldOf,
  headerRefusal,
  isDisableTime,
  isHeaderName,
  isPattern,
  isRate,
  isRepeatedName,
  isRepeatedPattern,
  isTimeout,
  parseSchedule,
  type SettingsForm,
  toForm,
  toSettings,
} from '../../plugins/console/web/src/endpoints/delivery-settings-form.ts';
import { parseSpan, spanParts } from '../../plugins/console/web/src/format/span-text.ts';
import { headerRefusal as refusalOf } from '../../src/plugin.ts';

const english = { day: 'd', hour: 'h', minute: 'm', second: 's' };
const turkish = { day: 'g', hour: 'sa', minute: 'dk', second: 'sn' };

const defaults = {
  enabled: true,
  event_types: ['*'],
  headers: {},
  retry_schedule: null,
  timeout_ms: null,
  rate_limit: null,
  ordered: false,
  disable_after_s: null,
};
const own = {
  enabled: false,
  event_types: ['order.*', 'invoice.created'],
  headers: { 'X-Api-Key': '********' },
  retry_schedule: [30, 300, 5400, 86_400],
  timeout_ms: 2500,
  rate_limit: { per_second: 0.5 },
  ordered: true,
  disable_after_s: 259_200,
};

describe('lengths of time', () => {
  test('they are typed with the abbreviations of both languages, and a number alone counts seconds', () => {
    const spans = { '90': 90, '5m': 300, '5 dk': 300, '1h 30m': 5400, '2SA': 7200, '1g': 86_400, '1d12h': 129_600 };
    for (const [text, seconds] of Object.entries(spans)) assert.equal(parseSpan(text), seconds, text);
    for (const text of ['', 'm', '5x', '-5', '1.5h', '5m,', '5 toString', '9999999999d'])
      assert.equal(parseSpan(text), undefined, text);
  });

  test('they are read back in whole units', () => {
    assert.deepEqual(spanParts(93_784), [
      { unit: 'day', count: 1 },
      { unit: 'hour', count: 2 },
      { unit: 'minute', count: 3 },
      { unit: 'second', count: 4 },
    ]);
    assert.deepEqual(spanParts(0), [{ unit: 'second', count: 0 }]);
  });
});

describe('the form of delivery settings', () => {
  test('settings that are not touched are sent back as they were, in both languages', () => {
    for (const settings of [defaults, own, { ...own, retry_schedule: [] }])
      for (const units of [english, turkish]) assert.deepEqual(toSettings(toForm(settings, units), true), settings);
    const { enabled: _, event_types: __, ...ofWebhook } = own;
    assert.deepEqual(toSettings(toForm(ofWebhook, turkish), false), ofWebhook);
  });

  test('a schedule shows in the units of the reader, and empty fields are defaults', () => {
    assert.equal(toForm(own, turkish).schedule, '30sn, 5dk, 1sa 30dk, 1g');
    const { timeoutMs, perSecond, disableAfter, retries } = toForm(defaults, english);
    assert.deepEqual([timeoutMs, perSecond, disableAfter, retries], ['', '', '', 'default']);
  });

  test('each field has the bounds of the API', () => {
    assert.deepEqual(parseSchedule('1, 7d'), [1, 604_800]);
    for (const text of ['', '0', '8d', 'soon', Array(21).fill('1s').join(',')])
      assert.equal(parseSchedule(text), undefined, text);
    for (const [accepts, good, bad] of [
      [isTimeout, ['', '100', '10000'], ['99', '10001', '100.5', 'x']],
      [isRate, ['', '0.1', '0,1', '1000'], ['0', '0.05', '1001', '-1', '1e3']],
      [isDisableTime, ['', '1', '365d'], ['0', '366d', 'never']],
      [isPattern, ['*', 'order.*', 'order.filled', 'a_b:c/d-e'], ['', 'order.**', '*.order', 'a b', 'ş']],
      [isHeaderName, ['X-Api-Key', 'x_y'], ['', 'X Y', 'X:Y', 'ş', 'x'.repeat(101)]],
    ] as const) {
      for (const text of good) assert.equal(accepts(text), true, `${accepts.name} ${text}`);
      for (const text of bad) assert.equal(accepts(text), false, `${accepts.name} ${text}`);
    }
  });

  test('repeated names and patterns are found; the case of a name does not matter', () => {
    const form: SettingsForm = {
      ...toForm(own, english),
      eventTypes: [{ pattern: 'a' }, { pattern: ' a' }, { pattern: 'A' }],
      headers: [
        { name: 'X-One', value: '' },
        { name: 'x-one ', value: '' },
      ],
    };
    assert.deepEqual(
      [0, 1, 2].map((row) => isRepeatedPattern(form, row)),
      [false, true, false],
    );
    assert.deepEqual(
      [0, 1].map((row) => isRepeatedName(form, row)),
      [false, true],
    );
  });

  test('refusals of the API are shown at their fields', () => {
    const form = toForm({ ...own, headers: { 'X-One': '1', 'X.Two': '2' } }, english);
    const places = {
      'retry_schedule[2]': 'schedule',
      timeout_ms: 'timeoutMs',
      'rate_limit.per_second': 'perSecond',
      disable_after_s: 'disableAfter',
      'event_types[1]': 'eventTypes.1.pattern',
      'event_types[9]': 'eventTypes.1.pattern',
      'headers.x.two': 'headers.1.name',
      headers: 'headers.0.name',
      enabled: 'enabled',
    };
    for (const [path, field] of Object.entries(places)) assert.equal(fieldOf(path, 'is wrong', form), field, path);
    assert.equal(fieldOf('headers.X-One', '"headers.X-One" has a value with spaces', form), 'headers.0.value');
    assert.equal(fieldOf('surprise', 'is unknown', form), undefined);
    assert.equal(fieldOf('headers.X-One', 'is wrong', { ...form, headers: [] }), undefined);
  });

  test("each of the gateway's reasons against a header is known", () => {
    const reasonOf = (name: string, value = 'x', hasAuthorization = false) =>
      headerRefusal(`"headers.${name}" ${refusalOf(name, value, { hasAuthorization })}`);
    assert.equal(reasonOf('Host'), 'connection');
    assert.equal(reasonOf('webhook-id'), 'gateway');
    assert.equal(reasonOf('Authorization', 'x', true), 'authentication');
    assert.equal(reasonOf('X Y'), 'name');
    assert.equal(reasonOf('X'.repeat(101)), 'name');
    for (const value of ['a\nb', 'ş', ' x', 'x'.repeat(4097)]) assert.equal(reasonOf('X-Y', value), 'value', value);
    assert.equal(headerRefusal('"headers.X-Y" is a surprise'), 'unknown');
  });
});
