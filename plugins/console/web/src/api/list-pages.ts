import { type InfiniteData, keepPreviousData, type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';

export interface ListPage<Item> {
  readonly items: readonly Item[];
  /** Number of entries on all pages. */
  readonly total: number;
}

export interface List<Item> {
  /** The entries loaded so far; undefined while the first page is missing. */
  readonly items: readonly Item[] | undefined;
  readonly total: number | undefined;
  readonly error: unknown;
  readonly retry: () => void;
  /** Loads the next page; undefined: there is none. */
  readonly onMore: (() => void) | undefined;
  readonly loadingMore: boolean;
  /** Why the next page could not be loaded: it is not asked for again by itself. */
  readonly moreError: unknown;
}

/** The records of a list that was asked for with `expand`. Such lists have a second form, of keys alone. */
export function expanded<Answer>(answer: Answer): Exclude<Answer, readonly string[]> {
  if (Array.isArray(answer)) throw new Error('The list has keys instead of records.');
  return answer as Exclude<Answer, readonly string[]>;
}

type Load<Item> = (page: number, signal: AbortSignal) => Promise<ListPage<Item>>;

interface ListOptions {
  /** Keeps the entries of the last key until those of a new key are there. */
  readonly keepsPrevious?: boolean;
}

/** A list with page numbers, page by page. */
export function useListPages<Item>(
  queryKey: QueryKey,
  load: Load<Item>,
  { keepsPrevious = false }: ListOptions = {},
): List<Item> {
  const query = useInfiniteQuery<ListPage<Item>, unknown, InfiniteData<ListPage<Item>, number>, QueryKey, number>({
    queryKey,
    queryFn: ({ pageParam, signal }) => load(pageParam, signal),
    initialPageParam: 1,
    getNextPageParam: (last, pages) => {
      const loaded = pages.reduce((sum, { items }) => sum + items.length, 0);
      return last.items.length > 0 && loaded < last.total ? pages.length + 1 : undefined;
    },
    ...(keepsPrevious ? { placeholderData: keepPreviousData } : {}),
  });
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, isError, error, fetchNextPage, refetch } = query;
  const items = useMemo(() => data?.pages.flatMap((page) => page.items), [data]);
  return {
    items,
    total: data?.pages.at(-1)?.total,
    error: isError && !data ? error : undefined,
    retry: () => void refetch(),
    onMore: hasNextPage ? () => void fetchNextPage() : undefined,
    loadingMore: isFetchingNextPage,
    moreError: isFetchNextPageError ? error : undefined,
  };
}

/** All entries of a list with page numbers: the pages after the first follow by themselves. The failure of a page is the failure of the list. */
export function useWholeList<Item>(queryKey: QueryKey, load: Load<Item>): List<Item> {
  const list = useListPages(queryKey, load);
  const { onMore, loadingMore, moreError } = list;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each page
  useEffect(() => {
    if (onMore && !loadingMore && moreError === undefined) onMore();
  }, [loadingMore, list.items?.length]);
  return moreError === undefined || !onMore ? list : { ...list, items: undefined, error: moreError, retry: onMore };
}
