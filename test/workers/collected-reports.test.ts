import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProcessReport } from '../../src/metrics/target-report.ts';
import { createCollectedReports, type ReportingMember } from '../../src/workers/collected-reports.ts';
import type { ToWorker } from '../../src/workers/messages.ts';

const reportNamed = (name: string): ProcessReport => [{ name, calls: { buckets: [], errors: 0, seconds: 1 } }];

test('the reports of all workers are read; a silent, an ended and a late one do not hold them up', async () => {
  const reports = createCollectedReports(50);
  const late: (() => void)[] = [];
  let asked = 0;
  const memberOf = (name: string, tell: (answer: () => void) => void): ReportingMember => {
    const member: ReportingMember = {
      tell: (message: ToWorker) => {
        asked += 1;
        assert.ok(message.kind === 'read-targets');
        tell(() => reports.take(member, { kind: 'targets', round: message.round, targets: reportNamed(name) }));
      },
    };
    reports.join(member);
    return member;
  };
  const namesOf = async (): Promise<string[]> => (await reports.read()).flat().map(({ name }) => name);

  assert.deepEqual(await namesOf(), []);
  memberOf('one', (answer) => answer());
  const ending = memberOf('ending', () => queueMicrotask(() => reports.leave(ending)));
  assert.deepEqual(await namesOf(), ['one']);
  memberOf('late', (answer) => void late.push(answer));
  const [first, second] = await Promise.all([namesOf(), namesOf()]);
  assert.deepEqual([first, second, asked], [['one'], ['one'], 4], 'one reading serves both');
  const next = namesOf();
  for (const answer of late.splice(0, 1)) answer();
  assert.deepEqual(await next, ['one'], 'the answer to the round before does not count');
});
