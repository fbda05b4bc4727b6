import { useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import { changeFilter, type FilterChange, filterOf, searchOf } from '../../api/delivery-filter.ts';
import type { EventFilter } from '../../api/events.ts';

/** Values of the list of events; others of an address are left out. */
function eventFilterOf(search: string): EventFilter {
  const { type, last, from, to } = filterOf(search);
  return changeFilter({}, { type, last, from, to });
}

/** The filter of the address bar, and a change of it. */
export function useEventFilter(): {
  filter: EventFilter;
  change: (change: FilterChange) => void;
  clear: () => void;
} {
  const search = useSearch();
  const [, navigate] = useLocation();
  const filter = useMemo(() => eventFilterOf(search), [search]);
  const show = (next: EventFilter): void => {
    const text = searchOf(next);
    navigate(text === '' ? '/events' : `/events?${text}`, { replace: true });
  };
  return { filter, change: (change) => show(changeFilter(filter, change)), clear: () => show({}) };
}
