import { useLayoutEffect } from 'react';
import { useSearch } from 'wouter';

/** Where the reader left each list: the part of its address after `?`, and the pixels that it was scrolled. */
const last = new Map<string, { readonly search: string; readonly scroll: number }>();

/** Puts the reader back where they were when they return to the same list at `path`. */
export function useListPlace(path: string): void {
  const search = useSearch();
  useLayoutEffect(() => {
    const place = last.get(path);
    if (place?.search === search) scrollTo(0, place.scroll);
    return () => {
      last.set(path, { search, scroll: scrollY });
    };
  }, [path, search]);
}

/** The address of a list as it was left last. */
export function lastAddress(path: string): string {
  const search = last.get(path)?.search ?? '';
  return search === '' ? path : `${path}?${search}`;
}
