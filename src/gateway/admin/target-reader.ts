import type { WindowCounts } from '../../metrics/call-window.ts';
import type { ProcessReport } from '../../metrics/target-report.ts';
import type { Target } from '../call/target.ts';
import { reportOf, sumReports, type TargetFigures } from './target-figures.ts';

/** The other processes of this machine. */
export interface ReportLink {
  giveTargets(read: () => ProcessReport): void;
  collectTargets(): Promise<readonly ProcessReport[] | undefined>;
}

export interface TargetReader {
  readTargets(): Promise<readonly TargetFigures[]>;
  /** Sets the targets to report. The target that reads them is one of them, and is made before. */
  follow(registry: { readonly targets: readonly Target[] }, callsOf: (name: string) => WindowCounts | undefined): void;
}

/** Reads the figures of all processes, or of this one alone without a `link` or its answer. */
export function createTargetReader(link: ReportLink | undefined): TargetReader {
  let targets = (): readonly Target[] => [];
  let own = (): ProcessReport => [];
  return {
    readTargets: async () => {
      const reports = (await link?.collectTargets()) ?? [];
      return sumReports(targets(), reports.length > 0 ? reports : [own()]);
    },
    follow: (registry, callsOf) => {
      targets = () => registry.targets;
      own = () => reportOf(registry.targets, callsOf);
      link?.giveTargets(own);
    },
  };
}
