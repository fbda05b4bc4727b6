import { settledWithin } from '../answered-within.ts';
import type { ProcessReport } from '../metrics/target-report.ts';
import type { TargetsReport, ToWorker } from './messages.ts';

export interface ReportingMember {
  tell(message: ToWorker): void;
}

/** Reports of all workers about their targets. */
export interface CollectedReports {
  /** Adds a worker, which is asked from the next reading on. */
  join(member: ReportingMember): void;
  take(member: ReportingMember, report: TargetsReport): void;
  leave(member: ReportingMember): void;
  /** Asks the workers. Readings that are asked for at one time are one. */
  read(): Promise<readonly ProcessReport[]>;
}

const answerWithinMs = 1000;

/** A worker that does not answer within `withinMs` is left out. */
export function createCollectedReports(withinMs = answerWithinMs): CollectedReports {
  const members = new Set<ReportingMember>();
  const awaited = new Map<ReportingMember, (report?: ProcessReport) => void>();
  let round = 0;
  let reading: Promise<readonly ProcessReport[]> | undefined;

  async function readAll(): Promise<readonly ProcessReport[]> {
    round += 1;
    awaited.clear();
    const reports: ProcessReport[] = [];
    const answers = [...members].map((member) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      awaited.set(member, (report) => {
        awaited.delete(member);
        if (report) reports.push(report);
        resolve();
      });
      member.tell({ kind: 'read-targets', round });
      return promise;
    });
    await settledWithin(withinMs, Promise.all(answers));
    return [...reports];
  }

  return {
    join: (member) => void members.add(member),
    take: (member, { round: answered, targets }) => {
      if (answered === round) awaited.get(member)?.(targets);
    },
    leave: (member) => {
      members.delete(member);
      awaited.get(member)?.();
    },
    read: () => {
      reading ??= readAll().finally(() => {
        reading = undefined;
      });
      return reading;
    },
  };
}
