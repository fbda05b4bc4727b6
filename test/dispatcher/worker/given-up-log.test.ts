import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Result } from '../../../src/dispatcher/model/delivery.ts';
import type { Outcome } from '../../../src/dispatcher/model/outcome.ts';
import { createGivenUpLog } from '../../../src/dispatcher/worker/given-up-log.ts';
import type { Logger } from '../../../src/logger.ts';

const minute = 60_000_000;

function createScene() {
  let time = 0;
  let sent = 0;
  const lines: Record<string, unknown>[] = [];
  const logger = {
    warn: (message: string, fields: object) => void lines.push({ message, ...fields }),
  } as unknown as Logger;
  const log = createGivenUpLog({ logger, now: () => time });
  const result = (endpoint: string, state: Result['decision']['state'] = 'failed', outcome?: Outcome): Result => {
    sent += 1;
    return {
      claimed: {
        ...{ id: `delivery-${sent}`, organization: 'org', endpoint: { kind: 'probe', id: endpoint } },
        ...{ attemptCount: 3, lookedUp: { address: { origin: 'https://receiver.example:8443' } } },
      },
      ...{ outcome: outcome ?? { kind: 'silent', error: 'read_timeout' }, decision: { state } },
    } as unknown as Result;
  };
  return {
    log,
    lines,
    result,
    give: (...endpoints: string[]) => log.note(endpoints.map((endpoint) => result(endpoint))),
    pass: (micros: number) => {
      time += micros;
      log.tellSuppressed();
    },
    counts: () => lines.map(({ endpoint, others }) => `${endpoint} ${others ?? 0}`),
  };
}

test('the first delivery of an endpoint is logged at once, the others as a number after a minute', () => {
  const { log, lines, result, give, pass, counts } = createScene();
  log.note([result('a'), result('a', 'delivered'), result('a', 'pending')]);
  assert.deepEqual(lines, [
    {
      ...{
        message: 'delivery given up',
        organization: 'org',
        kind: 'probe',
        endpoint: 'a',
        host: 'receiver.example:8443',
      },
      ...{ delivery: 'delivery-1', error: 'read_timeout', attempts: 4 },
    },
  ]);
  give('a', 'b', 'a', 'a');
  pass(minute - 1);
  assert.deepEqual(counts(), ['a 0', 'b 0']);
  pass(1);
  assert.deepEqual(counts(), ['a 0', 'b 0', 'a 2']);
  give('a');
  pass(minute - 1);
  assert.deepEqual(counts().length, 3, 'the line with the number began a minute of its own');
  pass(1);
  assert.deepEqual(counts(), ['a 0', 'b 0', 'a 2', 'a 0']);
});

test('a stop logs the numbers of minutes that are not over', () => {
  const { log, give, counts } = createScene();
  give('a', 'a', 'a', 'b');
  log.close();
  log.close();
  assert.deepEqual(counts(), ['a 0', 'b 0', 'a 1']);
});

test('an answer has its status and the class of it', () => {
  const { log, lines, result } = createScene();
  const answered = { kind: 'answered', status: 404, headers: {}, body: 'x'.repeat(9000), truncated: false } as const;
  log.note([result('a', 'failed', answered)]);
  assert.deepEqual([lines[0]?.error, lines[0]?.status], ['status_4xx', 404]);
});

test('endpoints beyond a thousand share one line a minute', () => {
  const { give, pass, counts, lines } = createScene();
  give(...Array.from({ length: 1500 }, (_, at) => `endpoint-${at}`));
  assert.equal(lines.length, 1001);
  pass(minute);
  assert.deepEqual(counts().slice(1001), ['endpoint-1499 498']);
  give('endpoint-7');
  assert.equal(lines.length, 1003);
});
