import { isDeepStrictEqual } from 'node:util';
import type { Organization } from '../organizations/organization.ts';
import type { RatePlan } from './rate-plan.ts';
import { planDefaultsOf, withCurrencies } from './rate-plan-view.ts';

/** Members that clients send for a plan without fees. */
const noFees = { setUpFee: 0, recurringType: 'CALENDAR' };

/**
 * Whether a caller who sends a plan back has changed it. Clients of this API family send whole plans: with the defaults that
 * they have read or know, with numbers in another notation (`21.44` for `21.4400`), and with references reduced to their ids; in
 * the details, with empty lists, and with or without the package and the organization of the plan.
 */
export function isSamePlan(sent: RatePlan, stored: RatePlan, owner: Organization): boolean {
  const own = { ...noFees, ...planDefaultsOf(owner), ...stored.kept };
  return isDeepStrictEqual(comparable(sent, own), comparable(stored, own));
}

function comparable({ kept, ...plan }: RatePlan, own: Readonly<Record<string, unknown>>) {
  const members = Object.entries(kept).map(([name, value]) => [name, isIdOf(value, own[name]) ? own[name] : value]);
  const all = JSON.parse(JSON.stringify(withCurrencies({ ...own, ...Object.fromEntries(members) })));
  return { ...plan, kept: { ...all, ratePlanDetails: toDetails(all.ratePlanDetails) } };
}

const toDetails = (details: unknown): unknown =>
  Array.isArray(details) ? details.map((detail) => (isObject(detail) ? toComparable(detail) : detail)) : details;

const toComparable = ({ monetizationPackage: _package, organization: _organization, currency, ...detail }: Detail) => ({
  ...Object.fromEntries(Object.entries(detail).filter(([, value]) => !(Array.isArray(value) && value.length === 0))),
  currency: isObject(currency) ? currency.id : currency,
});

/** Whether `value` is a reference `{"id"}` to `whole`, which may have more members. */
const isIdOf = (value: unknown, whole: unknown): boolean =>
  isObject(value) && isObject(whole) && isDeepStrictEqual(value, { id: whole.id });

type Detail = Record<string, unknown>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
