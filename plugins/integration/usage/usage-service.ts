import { randomUUIDv7 } from 'node:crypto';
import type { ApiError } from '../../../src/errors.ts';
import type { Clock, Knex } from '../../../src/plugin.ts';
import { doesNotExist } from '../apigee/apigee-errors.ts';
import type { Outcome } from '../shared-transactions.ts';
import { cycleAt } from './billing-cycle.ts';
import { createCounterRepository } from './counter-repository.ts';
import type { Counted, FiringService } from './firing-service.ts';
import type { Covering, UsageReport } from './usage.ts';
import { createUsageRepository, type StoredReport } from './usage-repository.ts';

type Recorded = Outcome<StoredReport>;

export type UsageService = ReturnType<typeof createUsageService>;

/** Stores and counts usage, and fires the thresholds that it crosses. */
export function createUsageService({ firing, now }: { firing: FiringService; now: Clock }) {
  return {
    /**
     * Records many reports in the caller's transaction, one after the other. An error of one report is its own result
     * (`mint.resourceDoesNotExist`) and does not affect the others.
     */
    async record(trx: Knex.Transaction, reports: readonly UsageReport[]): Promise<Recorded[]> {
      const time = now();
      const covering = await coveringOf(trx, reports, time);
      const faults = await faultsOf(
        trx,
        reports.filter((report) => !covering.has(pairKey(report))),
      );
      const results = reports.map((report): Recorded => faults.get(report) ?? toStored(report, time));
      const stored = results.filter((result): result is StoredReport => 'createdAt' in result);
      await store(trx, stored, covering, time);
      return results;
    },

    /** Records the reports that count for a subscription and ignores the others. Runs in the caller's transaction. */
    async recordCovered(trx: Knex.Transaction, reports: readonly UsageReport[]): Promise<void> {
      const time = now();
      const covering = await coveringOf(trx, reports, time);
      const covered = reports.filter((report) => covering.has(pairKey(report)));
      await store(
        trx,
        covered.map((report) => toStored(report, time)),
        covering,
        time,
      );
    },
  };

  async function store(
    trx: Knex.Transaction,
    stored: readonly StoredReport[],
    covering: CoveringByPair,
    time: number,
  ): Promise<void> {
    if (stored.length === 0) return;
    await createUsageRepository(trx).insert(stored);
    // The counters come last: their locks are held until the end of the transaction, so little may follow.
    await firing.fire(trx, await count(trx, stored, covering, time), time);
  }
}

type CoveringByPair = ReadonlyMap<string, readonly Covering[]>;

const coveringOf = async (
  trx: Knex.Transaction,
  reports: readonly UsageReport[],
  time: number,
): Promise<CoveringByPair> => Map.groupBy(await createUsageRepository(trx).findCovering(reports, time), pairKey);

const toStored = (report: UsageReport, time: number): StoredReport => ({
  ...report,
  id: randomUUIDv7(),
  createdAt: time,
});

const pairKey = ({
  organization,
  developer,
  product,
}: Pick<Covering, 'organization' | 'developer' | 'product'>): string => `${organization}\n${developer}\n${product}`;

/** Adds the reports to the counters of their subscriptions. */
async function count(
  trx: Knex.Transaction,
  reports: readonly StoredReport[],
  covering: CoveringByPair,
  time: number,
): Promise<Counted[]> {
  const counted = new Map<string, { covering: Covering; reports: StoredReport[] }>();
  for (const report of reports) {
    for (const each of covering.get(pairKey(report)) ?? []) {
      const entry = counted.get(each.subscriptionId);
      if (entry) entry.reports.push(report);
      else counted.set(each.subscriptionId, { covering: each, reports: [report] });
    }
  }
  const increments = [...counted].flatMap(([subscriptionId, entry]) => {
    const { startAt, durationMonths } = entry.covering;
    const cycle = cycleAt(toMilliseconds(startAt), durationMonths, toMilliseconds(time));
    const amount = entry.reports.reduce((sum, { batchSize }) => sum + batchSize, 0);
    return cycle ? [{ subscriptionId, cycle: cycle.number, amount }] : [];
  });
  const counters = await createCounterRepository(trx).add(increments);
  return counters.map((counter) => ({ counter, reports: counted.get(counter.subscriptionId)?.reports ?? [] }));
}

const toMilliseconds = (micros: number): number => Math.floor(micros / 1000);

/** The reports, among those without a subscription, whose developer or product does not exist. */
async function faultsOf(
  trx: Knex.Transaction,
  reports: readonly UsageReport[],
): Promise<ReadonlyMap<UsageReport, ApiError>> {
  const faults = new Map<UsageReport, ApiError>();
  if (reports.length === 0) return faults;
  const repository = createUsageRepository(trx);
  const named = (pick: (report: UsageReport) => string) =>
    reports.map((report) => ({ organization: report.organization, name: pick(report) }));
  const developers = await repository.findDevelopers(named(({ developer }) => developer));
  const products = await repository.findProducts(named(({ product }) => product));
  const has = (found: typeof developers, organization: string, name: string): boolean =>
    found.some((each) => each.organization === organization && each.name === name);
  for (const report of reports) {
    const { organization, developer, product } = report;
    if (!has(developers, organization, developer)) faults.set(report, doesNotExist('Developer', developer));
    else if (!has(products, organization, product)) faults.set(report, doesNotExist('Product', product));
  }
  return faults;
}
