import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { append, type LoadedRows, type Row, type RowPage, refresh, splitNew } from './rows.ts';
import { usePoll } from './use-poll.ts';

interface Loaded<Item extends Row> extends LoadedRows<Item> {
  /** New rows that are not shown yet: the reader is further down. */
  readonly fresh: readonly Item[];
  /** There are more new rows than one page: showing them loads the list anew. */
  readonly hasGap: boolean;
}

/** Where a page begins, below the row `cursor`, and its most rows. */
export interface PagePlace {
  readonly cursor?: string | undefined;
  readonly limit?: number;
}

interface Source<Item extends Row> {
  readonly queryKey: readonly string[];
  /** One page, newest first. It may be empty although others follow. */
  readonly read: (place: PagePlace) => Promise<RowPage<Item>>;
}

export interface RowFeed<Item extends Row> {
  /** Undefined while the first page is loading. */
  readonly rows: readonly Item[] | undefined;
  readonly error: unknown;
  readonly retry: () => void;
  /** Where the loaded rows end; null: they are all. */
  readonly next: string | null;
  readonly loadMore: () => void;
  readonly isLoadingMore: boolean;
  /** The last page could not be loaded. */
  readonly moreError: unknown;
  /** Pages in a row without a matching row. */
  readonly emptyPages: number;
  readonly fresh: { readonly count: number; readonly isMore: boolean };
  readonly showFresh: () => void;
  /** Tells which rows are in view: these are kept up to date. */
  readonly onRange: (first: number, last: number) => void;
  /** Updates are failing. */
  readonly isInterrupted: boolean;
}

/** The most rows of one page. */
export const pageSize = 100;

const pollMs = 3000;
/** As far as this the page counts as scrolled to its top. */
const topPx = 40;
const windowMargin = 10;

/** Rows that come in at the top: paged by cursor, and kept up to date while the page is visible. */
export function useRowFeed<Item extends Row>({ queryKey: key, read }: Source<Item>): RowFeed<Item> {
  const cache = useQueryClient();
  const range = useRef({ first: 0, last: 0 });
  const query = useQuery({
    queryKey: key,
    queryFn: async (): Promise<Loaded<Item>> => {
      const { rows, next_cursor: next } = await read({});
      return { rows, next, fresh: [], hasGap: false };
    },
    // Kept up to date row by row: loading it anew would lose the reader's place.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const change = (step: (loaded: Loaded<Item>) => Loaded<Item>): void => {
    cache.setQueryData<Loaded<Item>>(key, (loaded) => loaded && step(loaded));
  };

  async function updateTop(): Promise<void> {
    const page = await read({ limit: pageSize });
    const isAtTop = scrollY <= topPx;
    change((loaded) => {
      const { fresh, known } = splitNew(page, loaded.rows[0]?.id);
      const hasGap = loaded.rows.length > 0 && known.rows.length === 0 && page.next_cursor !== null;
      if (isAtTop && hasGap) return { rows: page.rows, next: page.next_cursor, fresh: [], hasGap: false };
      if (isAtTop) return { ...refresh(loaded, page, undefined), fresh: [], hasGap: false };
      return { ...(hasGap ? loaded : refresh(loaded, known, undefined)), fresh, hasGap };
    });
  }

  async function updateView(): Promise<void> {
    const rows = cache.getQueryData<Loaded<Item>>(key)?.rows ?? [];
    const first = Math.max(range.current.first - windowMargin, 0);
    const above = rows[first - 1]?.id;
    if (above === undefined || range.current.last < pageSize) return;
    const limit = Math.min(range.current.last - first + windowMargin, pageSize);
    const page = await read({ cursor: above, limit });
    change((loaded) => ({ ...loaded, ...refresh(loaded, page, above) }));
  }

  const isInterrupted = usePoll(
    async () => {
      await updateTop();
      await updateView();
    },
    pollMs,
    query.data && query.dataUpdatedAt,
  );

  const more = useMore({ key: key.join(' '), next: query.data?.next ?? null, read: readMore });

  async function readMore(at: string): Promise<number> {
    const page = await read({ cursor: at });
    change((loaded) => ({ ...loaded, ...append(loaded, page, at) }));
    return page.rows.length;
  }

  const showFresh = (): void => {
    const loaded = query.data;
    if (!loaded) return;
    if (loaded.hasGap) void query.refetch();
    else {
      const page = { rows: loaded.fresh, next_cursor: loaded.rows[0]?.id ?? null };
      change((now) => {
        const newest = now.rows[0]?.id;
        const rows = newest === undefined ? page.rows : splitNew(page, newest).fresh;
        return { ...now, rows: [...rows, ...now.rows], fresh: [] };
      });
    }
  };

  return {
    rows: query.data?.rows,
    error: query.error,
    retry: () => void query.refetch(),
    next: query.data?.next ?? null,
    ...more,
    fresh: { count: query.data?.fresh.length ?? 0, isMore: query.data?.hasGap ?? false },
    showFresh,
    onRange: useCallback((first: number, last: number) => {
      range.current = { first, last };
    }, []),
    isInterrupted,
  };
}

interface MoreState {
  readonly key: string;
  readonly isLoading: boolean;
  readonly error: unknown;
  readonly emptyPages: number;
}

type More = Pick<RowFeed<Row>, 'loadMore' | 'isLoadingMore' | 'moreError' | 'emptyPages'>;

/** Loading of the next page. `key`: another list begins anew. */
function useMore(parts: { key: string; next: string | null; read: (at: string) => Promise<number> }): More {
  const { key, next, read } = parts;
  const idle: MoreState = { key, isLoading: false, error: undefined, emptyPages: 0 };
  const [stored, setState] = useState(idle);
  const state = stored.key === key ? stored : idle;
  async function load(at: string): Promise<void> {
    setState({ ...state, isLoading: true, error: undefined });
    try {
      const count = await read(at);
      setState({ ...state, isLoading: false, error: undefined, emptyPages: count === 0 ? state.emptyPages + 1 : 0 });
    } catch (error) {
      setState({ ...state, isLoading: false, error });
    }
  }
  return {
    loadMore: () => {
      if (next !== null && !state.isLoading) void load(next);
    },
    isLoadingMore: state.isLoading,
    moreError: state.error,
    emptyPages: state.emptyPages,
  };
}
