import type { Condition } from '../../../api/conditions.ts';
import type { Package, RatePlan } from '../../../api/rate-plans.ts';
import { intervalsOf, percentagesOf, planOf } from '../notify-at.ts';

export interface PackageRow {
  readonly entry: Package;
  readonly planCount: number;
}

export interface PlanRow {
  readonly plan: RatePlan;
  /** Percentages of all notifications of the plan. */
  readonly percentages: readonly number[];
}

export type Row = PackageRow | PlanRow;

export const isPackage = (row: Row): row is PackageRow => 'entry' in row;

/** Id of the element with a plan's name, which describes the actions of its row. */
export const nameIdOf = ({ id }: RatePlan): string => `plan-${id}`;

const has = (search: string, ...texts: readonly string[]): boolean =>
  texts.some((text) => text.toLowerCase().includes(search));

/** Each package, followed by its plans. With a search: the plans that match by their own name or their package's. */
export function rowsOf(
  packages: readonly Package[],
  plans: readonly RatePlan[],
  conditions: readonly Condition[],
  search: string,
): Row[] {
  const text = search.trim().toLowerCase();
  const byPackage = Map.groupBy(plans, ({ monetizationPackage }) => monetizationPackage.id);
  const byPlan = Map.groupBy(conditions, planOf);
  return packages.flatMap((entry): Row[] => {
    const own = byPackage.get(entry.id) ?? [];
    const all = has(text, entry.displayName, entry.id);
    const shown = all ? own : own.filter(({ displayName, id }) => has(text, displayName, id));
    if (!all && shown.length === 0) return [];
    return [
      { entry, planCount: own.length },
      ...shown.map((plan) => ({
        plan,
        percentages: percentagesOf((byPlan.get(plan.id) ?? []).flatMap(intervalsOf)),
      })),
    ];
  });
}
