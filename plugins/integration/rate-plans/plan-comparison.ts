import { isDeepStrictEqual } from 'node:util';
import type { Organization } from '../organizations/organization.ts';
import type { RatePlan } from './rate-plan.ts';
import { planDefaultsOf } from './rate-plan-view.ts';

/**
 * Whether a caller who sends a plan back has changed it. Clients of this API family send whole plans: with the defaults that
 * they have read, with numbers in another notation (`21.44` for `21.4400`), and with references reduced to their ids.
 */
export function isSamePlan(sent: RatePlan, stored: RatePlan, owner: Organization): boolean {
  const own = { ...planDefaultsOf(owner), ...stored.kept };
  return isDeepStrictEqual(comparable(sent, own), comparable(stored, own));
}

function comparable({ kept, ...plan }: RatePlan, own: Readonly<Record<string, unknown>>) {
  const members = Object.entries(kept).map(([name, value]) => [name, isIdOf(value, own[name]) ? own[name] : value]);
  return { ...plan, kept: JSON.parse(JSON.stringify({ ...own, ...Object.fromEntries(members) })) };
}

/** Whether `value` is a reference `{"id"}` to `whole`, which may have more members. */
const isIdOf = (value: unknown, whole: unknown): boolean =>
  isObject(value) && isObject(whole) && isDeepStrictEqual(value, { id: whole.id });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
