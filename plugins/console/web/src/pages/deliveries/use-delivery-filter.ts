import { useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import { useApi } from '../../api/api.tsx';
import { changeFilter, type DeliveryFilter, type FilterChange, filterOf, searchOf } from '../../api/delivery-filter.ts';
import { jobOf, withJob } from './job-address.ts';

/** The address of the list; `search`: its part after `?`. */
export const listAddress = (search: string): string => (search === '' ? '/deliveries' : `/deliveries?${search}`);

/** The address of the list with a filter. */
export const listPath = (filter: DeliveryFilter): string => listAddress(searchOf(filter));

/** The filter of the address bar, and a change of it. */
export function useDeliveryFilter(): {
  filter: DeliveryFilter;
  change: (change: FilterChange) => void;
  clear: () => void;
} {
  const search = useSearch();
  const [, navigate] = useLocation();
  const { isOfAll } = useApi();
  const filter = useMemo(() => {
    const given = filterOf(search);
    // A node is of one organization.
    return isOfAll ? changeFilter(given, { node: undefined }) : given;
  }, [search, isOfAll]);
  const show = (next: DeliveryFilter): void =>
    navigate(listAddress(withJob(searchOf(next), jobOf(search))), { replace: true });
  return {
    filter,
    change: (change) => show(changeFilter(filter, change)),
    clear: () => show({}),
  };
}
