import { formatDate, toMilliseconds } from '../apigee/apigee-dates.ts';
import { addMonths } from './billing-cycle.ts';

/**
 * The members of a callback that come from the subscription: its developer, package and plan. Times are microseconds.
 */
export interface Subject {
  subscriptionId: string;
  startAt: number;
  organization: string;
  email: string;
  firstName: string;
  lastName: string;
  companyName: string;
  attributes: readonly { name: string; value: string }[];
  packageId: string;
  packageName: string;
  planId: string;
  planName: string;
  planType: string;
  planStartAt: number;
  planEndAt: number | null;
  durationMonths: number;
  /** Names of the products. */
  products: readonly string[];
}

/** The members of a callback that come from a crossed threshold. */
export interface Crossing {
  application: string;
  target: bigint;
  threshold: number;
  cycle: number;
  /** Microseconds. */
  time: number;
}

/** The only trigger reason so far; also the type of the deliveries. */
export const triggerReason = 'RATEPLANQUOTAUSAGE';

/** The documented body of a callback: exactly these members. */
export function toCallbackBody(subject: Subject, { application, target, threshold, cycle, time }: Crossing) {
  const nextCycleStart = addMonths(toMilliseconds(subject.startAt), (cycle + 1) * subject.durationMonths);
  return {
    orgName: subject.organization,
    developerEmail: subject.email,
    developerFirstName: subject.firstName,
    developerLastName: subject.lastName,
    companyName: subject.companyName,
    applicationName: application,
    packageName: subject.packageName,
    packageId: subject.packageId,
    ratePlanId: subject.planId,
    ratePlanName: subject.planName,
    ratePlanType: subject.planType,
    developerRatePlanQuotaTarget: Number(target),
    quotaPercentUsed: threshold,
    ratePlanStartDate: toMilliseconds(subject.planStartAt),
    ratePlanEndDate: subject.planEndAt === null ? null : toMilliseconds(subject.planEndAt),
    nextBillingCycleStartDate: nextCycleStart,
    products: subject.products,
    developerCustomAttributes: subject.attributes.map(({ name, value }) => ({ name, value })),
    triggerTime: toMilliseconds(time),
    triggerReason,
    developerQuotaResetDate: formatDate(nextCycleStart),
  };
}
