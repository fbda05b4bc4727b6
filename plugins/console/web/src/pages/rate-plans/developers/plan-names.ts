import { createContext, useMemo } from 'react';
import { useRatePlans } from '../../../api/rate-plans.ts';

export type PlanNames = ReadonlyMap<string, string>;

/** Display names of plans by id, for the rows of a table: read once for all of them. */
export const PlanNamesContext = createContext<PlanNames>(new Map());

export function usePlanNames(): PlanNames {
  const { items } = useRatePlans();
  return useMemo(() => new Map(items?.map(({ id, displayName }) => [id, displayName])), [items]);
}
