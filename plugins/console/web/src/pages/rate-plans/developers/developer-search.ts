import { useEffect } from 'react';
import { type Developer, useDevelopers } from '../../../api/developers.ts';

const enough = 30;

const matches = ({ email, firstName, lastName, companyName }: Developer, text: string): boolean =>
  `${email}\n${firstName} ${lastName}\n${companyName}`.toLowerCase().includes(text);

/** The developers that a text is found in. The API cannot search: pages are loaded until there are enough. */
export function useDeveloperSearch(search: string) {
  const list = useDevelopers();
  const text = search.trim().toLowerCase();
  const found = text === '' ? list.items : list.items?.filter((developer) => matches(developer, text));
  const isSearching = text !== '' && found !== undefined && found.length < enough && list.onMore !== undefined;
  const { onMore, loadingMore, moreError } = list;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each page
  useEffect(() => {
    if (isSearching && !loadingMore && moreError === undefined) onMore?.();
  }, [isSearching, loadingMore, list.items?.length]);
  return { ...list, found, isSearching };
}
