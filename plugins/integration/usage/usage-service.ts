import { randomUUIDv7 } from 'node:crypto';
import type { ApiError } from '../../../src/errors.ts';
import type { Clock, Knex } from '../../../src/plugin.ts';
import { toMilliseconds } from '../apigee/apigee-dates.ts';
import { doesNotExist } from '../apigee/apigee-errors.ts';
import { appsById } from '../developer-apps/apps-by-id.ts';
import { isDeveloperId } from '../developers/developer-repository.ts';
import type { Outcome } from '../shared-transactions.ts';
import { cycleAt } from './billing-cycle.ts';
import { amountOf, missingAttribute } from './counted-amount.ts';
import { createCounterRepository } from './counter-repository.ts';
import { type Counted, type CountedReport, type FiringService, sumOf } from './firing-service.ts';
import { attributeName, maxQuantity, quantityScale, scaleOf } from './quantity.ts';
import type { Covering, UsageReport } from './usage.ts';
import { createUsageRepository, type StoredReport } from './usage-repository.ts';

type Recorded = Outcome<StoredReport>;

/** A report that does not count for a subscription, because it lacks the attribute. */
export interface Uncounted {
  report: UsageReport;
  planId: string;
  /** `custAtt1` to `custAtt10`. */
  attribute: string;
}

/**
 * Counters of custom attributes stop at 900 times the largest target, before the end of their column. The bound of a single
 * report keeps a counter that is stopped far above every threshold, so that none is crossed there.
 */
const maxCounted = 900n * BigInt(maxQuantity) * quantityScale;

export type UsageService = ReturnType<typeof createUsageService>;

/** Stores and counts usage, and fires the thresholds that it crosses. */
export function createUsageService({ firing, now }: { firing: FiringService; now: Clock }) {
  return {
    /**
     * Records many reports in the caller's transaction, one after the other. An error of one report is its own result
     * (`mint.resourceDoesNotExist`, `mint.customAttributeRequired`) and does not affect the others.
     */
    async record(trx: Knex.Transaction, given: readonly UsageReport[]): Promise<Recorded[]> {
      const time = now();
      const reports = await withEmails(trx, given);
      const covering = await coveringOf(trx, reports, time);
      const faults = await faultsOf(
        trx,
        reports.filter((report) => !covering.has(pairKey(report))),
      );
      const results = reports.map(
        (report): Recorded =>
          faults.get(report) ?? missingAttribute(report, covering.get(pairKey(report)) ?? []) ?? toStored(report, time),
      );
      const stored = results.filter((result): result is StoredReport => 'createdAt' in result);
      await store(trx, stored, covering, time);
      return results;
    },

    /**
     * Records the reports that count for a subscription and ignores the others. Runs in the caller's transaction. Resolves to
     * what was not counted, because the report lacks the custom attribute that a plan counts.
     */
    async recordCovered(trx: Knex.Transaction, reports: readonly UsageReport[]): Promise<Uncounted[]> {
      const time = now();
      const covering = await coveringOf(trx, reports, time);
      const countingOf = (report: UsageReport) => covering.get(pairKey(report)) ?? [];
      const covered = reports.filter((report) =>
        countingOf(report).some((each) => amountOf(each, report) !== undefined),
      );
      await store(
        trx,
        covered.map((report) => toStored(report, time)),
        covering,
        time,
      );
      return reports.flatMap((report) =>
        countingOf(report)
          .filter((each) => amountOf(each, report) === undefined)
          .map(({ planId, ratingAttribute }) => ({ report, planId, attribute: attributeName(ratingAttribute ?? 0) })),
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

/**
 * Reports that name their developer by id, or by an app alone, get the e-mail address. An unknown one stays: no developer has such an
 * address.
 */
async function withEmails(trx: Knex.Transaction, given: readonly UsageReport[]): Promise<readonly UsageReport[]> {
  const reports = await withOwners(trx, given);
  const wanted = reports.flatMap(({ organization, developer }) =>
    isDeveloperId(developer) ? [{ organization, name: developer }] : [],
  );
  if (wanted.length === 0) return reports;
  const found = await createUsageRepository(trx).findEmails(wanted);
  const emails = new Map(found.map(({ organization, name, email }) => [`${organization}\n${name}`, email]));
  return reports.map((report) => {
    const email = emails.get(`${report.organization}\n${report.developer}`);
    return email === undefined ? report : { ...report, developer: email };
  });
}

/** Reports without a developer get the one of their app. */
async function withOwners(trx: Knex.Transaction, reports: readonly UsageReport[]): Promise<readonly UsageReport[]> {
  const without = reports.filter(({ developer }) => developer === '');
  const owners = new Map<UsageReport, string>();
  for (const [organization, own] of Map.groupBy(without, (report) => report.organization)) {
    const applications = own.map(({ application }) => application);
    const apps = await appsById(trx, organization, applications);
    for (const report of own) owners.set(report, apps.get(report.application)?.developerEmail ?? '');
  }
  return owners.size === 0
    ? reports
    : reports.map((report) => ({ ...report, developer: owners.get(report) ?? report.developer }));
}

/** Adds the reports to the counters of their subscriptions. */
async function count(
  trx: Knex.Transaction,
  reports: readonly StoredReport[],
  covering: CoveringByPair,
  time: number,
): Promise<Counted[]> {
  const counted = new Map<string, { covering: Covering; reports: CountedReport[] }>();
  for (const report of reports) {
    for (const each of covering.get(pairKey(report)) ?? []) {
      const amount = amountOf(each, report);
      if (amount === undefined) continue;
      const entry = counted.get(each.subscriptionId) ?? { covering: each, reports: [] };
      entry.reports.push({ application: report.application, traceparent: report.traceparent, amount });
      counted.set(each.subscriptionId, entry);
    }
  }
  const increments = [...counted].flatMap(([subscriptionId, entry]) => {
    const { startAt, durationMonths, ratingAttribute } = entry.covering;
    const cycle = cycleAt(toMilliseconds(startAt), durationMonths, toMilliseconds(time));
    const bound = ratingAttribute === null ? undefined : maxCounted;
    return cycle ? [{ subscriptionId, cycle: cycle.number, amount: sumOf(entry.reports), bound }] : [];
  });
  const counters = await createCounterRepository(trx).add(increments);
  return counters.map((counter) => {
    const entry = counted.get(counter.subscriptionId);
    return { counter, scale: scaleOf(entry?.covering.ratingAttribute ?? null), reports: entry?.reports ?? [] };
  });
}

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
    const { organization, developer, product, application } = report;
    if (developer === '') faults.set(report, doesNotExist('App', application));
    else if (!has(developers, organization, developer)) faults.set(report, doesNotExist('Developer', developer));
    else if (!has(products, organization, product)) faults.set(report, doesNotExist('Product', product));
  }
  return faults;
}
