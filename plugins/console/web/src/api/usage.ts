import { useQueryClient } from '@tanstack/react-query';
import { type components, isHookgateError } from 'hookgate/client';
import { type Api, useApi } from './api.tsx';
import { crossedThresholds } from './crossed-thresholds.ts';
import { readSubscriptions, type Subscription } from './subscriptions.ts';

export type UsageNotification = components['schemas']['UsageNotification'];

export interface UsageReport {
  readonly email: string;
  /** Empty: none. */
  readonly application: string;
  readonly product: string;
  readonly count: number;
}

/** A subscription that a report was counted for. */
export interface Counted {
  readonly before: number;
  readonly subscription: Subscription;
}

export interface ReportedUsage {
  readonly report: UsageReport;
  /** Undefined: it was counted, but its effects could not be read. */
  readonly counted: readonly Counted[] | undefined;
  /** Thresholds that the report has fired, newest first. */
  readonly fired: readonly UsageNotification[];
  /** Percentages that were crossed, but had fired before in the same period. */
  readonly firedBefore: readonly number[];
}

const mostFired = 100;
const pauseMs = 150;
const mostPauses = 20;

async function readFired({ client }: Api, limit: number): Promise<readonly UsageNotification[]> {
  return (await client.call('listUsageNotifications', { params: { query: { limit } } })).data;
}

/** Firings of these subscriptions since `last`. They follow a report within moments: waits for as many as are expected. */
async function readNewlyFired(
  api: Api,
  last: UsageNotification | undefined,
  subscriptions: ReadonlySet<string>,
  expected: number,
): Promise<readonly UsageNotification[]> {
  for (let pauses = 0; ; pauses += 1) {
    const newest = await readFired(api, mostFired);
    const end = newest.findIndex(({ id }) => id === last?.id);
    const fired = (end === -1 ? newest : newest.slice(0, end)).filter((each) =>
      subscriptions.has(each.subscription_id),
    );
    if (fired.length >= Math.min(expected, mostFired) || pauses >= mostPauses) return fired;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

interface Crossed {
  readonly subscription: string;
  readonly percentage: number;
}

const crossedBy = ({ before, subscription }: Counted): Crossed[] =>
  crossedThresholds(before, subscription.usageCount, subscription.quotaTarget, subscription.usageThresholds).map(
    (percentage) => ({ subscription: subscription.id, percentage }),
  );

/** Reports usage, and finds the subscriptions that it was counted for by comparing with the state before. */
export function useReportUsage() {
  const api = useApi();
  const cache = useQueryClient();
  return async (report: UsageReport): Promise<ReportedUsage> => {
    const { email, application, product, count } = report;
    const [before, [last]] = await Promise.all([
      readSubscriptions(api, email).catch((error: unknown) => {
        // The report itself says so of an unknown developer.
        if (isHookgateError(error) && error.status === 404) return [];
        throw error;
      }),
      readFired(api, 1),
    ]);
    await api.client.call('reportUsage', {
      params: { path: { org_name: api.organization } },
      body: {
        developer: { id: email },
        product: { id: product },
        batchSize: count,
        ...(application === '' ? {} : { application: { id: application } }),
      },
    });
    void cache.invalidateQueries({ queryKey: [api.organization, 'subscriptions'] });
    // From here on it is counted: an error would ask for a second report.
    return { report, ...(await readEffects(api, email, before, last).catch(() => unknownEffects)) };
  };
}

type Effects = Omit<ReportedUsage, 'report'>;

const unknownEffects: Effects = { counted: undefined, fired: [], firedBefore: [] };

async function readEffects(
  api: Api,
  email: string,
  before: readonly Subscription[],
  last: UsageNotification | undefined,
): Promise<Effects> {
  const counts = new Map(before.map(({ id, usageCount }) => [id, usageCount]));
  const counted = (await readSubscriptions(api, email)).flatMap((subscription) => {
    const known = counts.get(subscription.id) ?? 0;
    return subscription.usageCount > known ? [{ before: known, subscription }] : [];
  });
  const crossed = counted.flatMap(crossedBy);
  const ids = new Set(counted.map(({ subscription }) => subscription.id));
  const fired = await readNewlyFired(api, last, ids, crossed.length);
  const isFired = ({ subscription, percentage }: Crossed): boolean =>
    fired.some((each) => each.subscription_id === subscription && each.percentage === percentage);
  const firedBefore = crossed.flatMap((each) => (isFired(each) ? [] : [each.percentage]));
  return { counted, fired, firedBefore: [...new Set(firedBefore)] };
}
