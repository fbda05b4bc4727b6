import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { databaseUnavailable, storageUnavailable } from '../../src/errors.ts';
import { createFailureLog, type FailureLog } from '../../src/lifecycle/failure-log.ts';
import type { Logger } from '../../src/logger.ts';

let time: number;
let told: [level: string, message: string, details: Record<string, unknown>][];
let log: FailureLog;

beforeEach(() => {
  time = 0;
  told = [];
  const to =
    (level: string) =>
    (message: string, details: Record<string, unknown> = {}): void => {
      const { stack: _, ...rest } = details;
      told.push([level, message, rest]);
    };
  const logger: Logger = { debug: to('debug'), info: to('info'), warn: to('warn'), error: to('error') };
  log = createFailureLog(logger, 'no luck', () => time);
});

const failure = (code: string): Error => Object.assign(new Error('away'), { code });
const away = { error: 'Error', code: 'AWAY', reason: 'away' };

test('a lasting failure is logged at once, every ten seconds, and at its end', () => {
  for (; time <= 20_000; time += 500) log.failed(failure('AWAY'), { results: time });
  log.worked();
  log.worked();
  assert.deepEqual(told, [
    ['warn', 'no luck', { results: 0, ...away }],
    ['warn', 'no luck', { results: 10_000, failures: 21, ...away }],
    ['warn', 'no luck', { results: 20_000, failures: 41, ...away }],
    ['info', 'works again', { after: 'no luck', failures: 41 }],
  ]);
});

test('each single failure is logged once, without an entry for its end', () => {
  for (let round = 0; round < 2; round += 1) {
    log.failed(failure('AWAY'));
    log.worked();
  }
  assert.deepEqual(told, [
    ['warn', 'no luck', away],
    ['warn', 'no luck', away],
  ]);
});

test('a failure with another error is logged at once', () => {
  for (const code of ['AWAY', 'AWAY', 'FULL', 'FULL']) log.failed(failure(code));
  log.failed(undefined);
  assert.deepEqual(
    told.map(([, , { code, failures }]) => [code, failures]),
    [
      ['AWAY', undefined],
      ['FULL', 3],
      [undefined, 5],
    ],
  );
});

test('an outage of the database is left to the one place that names it', () => {
  log.failed(databaseUnavailable('ECONNREFUSED'));
  log.failed(storageUnavailable('SQLITE_FULL'));
  log.worked();
  assert.deepEqual(told, []);
});
