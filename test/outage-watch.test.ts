import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { toSafeError } from '../src/database/database-errors.ts';
import { remedyFor } from '../src/database/outage-remedies.ts';
import { databaseUnavailable } from '../src/errors.ts';
import type { Logger } from '../src/logger.ts';
import { type OutageWatch, type OutageWatchParts, watchOutages } from '../src/outage-watch.ts';
import { eventually } from './support/eventually.ts';

const failure = (code: string, more: object = {}): Error => Object.assign(new Error(code), { code, ...more });

let told: [level: string, message: string, fields: Record<string, unknown>][];
let fail: (error: unknown) => void;
let looks: number;
let probes: number;
/** The error of the next probes; undefined: they work. */
let found: unknown;
let watch: OutageWatch;

beforeEach(() => {
  told = [];
  probes = 0;
  looks = 0;
  found = undefined;
});
afterEach(() => watch.stop());

function start(intervals: OutageWatchParts['intervals'] = {}): void {
  const to =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}): void =>
      void told.push([level, message, fields]);
  const logger: Logger = { debug: to('debug'), info: to('info'), warn: to('warn'), error: to('error') };
  const database = {
    place: { host: 'db.test', port: 3306 },
    reserved: {
      read: async () => {
        looks += 1;
        if (found) fail(found);
      },
    },
    onOutage: (listener: typeof fail) => {
      fail = listener;
    },
    probeWrite: async () => {
      probes += 1;
      if (found) throw found;
    },
  } as unknown as OutageWatchParts['database'];
  watch = watchOutages({ database, logger, intervals: { logMs: 100_000, probeMs: 1, lookMs: 100_000, ...intervals } });
}

const place = { host: 'db.test', port: 3306 };

test('a lost database is named once for any number of failures, and once when it is back', async () => {
  start();
  found = failure('ECONNREFUSED', { errno: -111 });
  for (let count = 0; count < 50; count += 1) fail(databaseUnavailable('a call'));
  await eventually(() => probes > 5);
  assert.equal(watch.outage, 'lost');
  found = undefined;
  await eventually(() => told.length > 1);
  assert.equal(watch.outage, undefined);
  const reason = 'no server listens there: start it';
  const [lost, back, ...more] = told;
  assert.deepEqual(lost, [
    'error',
    'database lost',
    { ...place, code: 'ECONNREFUSED', reason, away_s: 0, failures: 50 },
  ]);
  assert.deepEqual(back, ['info', 'database works again', { ...place, away_s: 0, failures: 50 }]);
  assert.deepEqual(more, []);
});

test('a lasting outage is named again after each interval, and at once with another code', async () => {
  start({ logMs: 20 });
  found = failure('ECONNREFUSED');
  fail(found);
  await eventually(() => told.length >= 3);
  found = failure('ER_ACCESS_DENIED_ERROR', { errno: 1045 });
  await eventually(() => told.at(-1)?.[2].code === 'ER_ACCESS_DENIED_ERROR');
  assert.ok(told.every(([level, message]) => level === 'error' && message === 'database lost'));
  assert.ok(probes > told.length);
});

test('a process without calls notices a lost database', async () => {
  start({ lookMs: 1 });
  await eventually(() => looks > 2);
  assert.deepEqual([told, probes], [[], 0]);
  found = failure('ENOTFOUND');
  await eventually(() => told.length > 0);
  assert.equal(told[0]?.[2].reason, 'the name of the host cannot be resolved: check DNS');
});

test('failures while a new connection works are one warning with their number, and no outage', async () => {
  start({ logMs: 5 });
  fail(failure('PROTOCOL_CONNECTION_LOST'));
  await eventually(() => told.length === 1);
  assert.deepEqual(told[0], [
    'warn',
    'database calls failed, a new connection works',
    { ...place, code: 'PROTOCOL_CONNECTION_LOST', failures: 1 },
  ]);
  assert.equal(watch.outage, undefined);
});

test('a database without room, or read-only after a fail-over, takes no writes', async () => {
  start();
  const cases = [
    failure('ER_DISK_FULL', { errno: 1021 }),
    failure('ER_RECORD_FILE_FULL', { errno: 1114 }),
    failure('ER_GET_ERRNO', {
      errno: 1030,
      message: 'Got error 28 "No space left on device" from storage engine InnoDB',
    }),
    failure('EE_WRITE', { errno: 3 }),
    failure('ERR_SQLITE_ERROR', { errcode: 13 }),
    failure('ERR_SQLITE_ERROR', { errcode: 778 }),
    failure('ERR_SQLITE_ERROR', { errcode: 1032 }),
    failure('ERR_SQLITE_ERROR', { errcode: 14 }),
  ];
  for (const error of cases) {
    const { status, code, headers } = toSafeError(error) as { status: number; code: string; headers: object };
    assert.deepEqual([status, code, headers], [503, 'STORAGE_UNAVAILABLE', { 'Retry-After': '10' }], error.message);
    fail(error);
    assert.equal(watch.outage, 'unwritable');
    await eventually(() => watch.outage === undefined);
  }
  found = failure('ER_OPTION_PREVENTS_STATEMENT', { errno: 1290 });
  fail(found);
  await eventually(() => watch.outage === 'unwritable');
});

test('a database that fails again and again does not fill the log', async () => {
  start();
  for (let round = 0; round < 20; round += 1) {
    fail(failure('ERR_SQLITE_ERROR', { errcode: 13 }));
    await eventually(() => watch.outage === undefined);
  }
  assert.deepEqual(
    told.map(([level, message]) => `${level} ${message}`),
    ['error database takes no writes', 'info database works again'],
  );
});

test('every kind of outage has its remedy', () => {
  const codes = ['ETIMEDOUT', 'no answer in time', 'EHOSTUNREACH', 'ER_DBACCESS_DENIED_ERROR', 'ER_BAD_DB_ERROR'];
  const more = ['ER_NO_DB_ERROR', 'ER_CON_COUNT_ERROR', 'SQLITE_FULL', 'SQLITE_IOERR', 'DATABASE_FILE_GONE'];
  const unknown = remedyFor('ELSE');
  for (const code of [...codes, ...more]) assert.notEqual(remedyFor(code), unknown, code);
});
