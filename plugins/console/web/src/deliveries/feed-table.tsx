import { type JSX, useMemo } from 'react';
import { useApi } from '../api/api.tsx';
import type { RowFeed } from '../api/row-feed.ts';
import type { Row } from '../api/rows.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { mostEmptyPages } from './feed-rows.tsx';

interface FeedTableProps<Item extends Row> {
  readonly label: string;
  readonly feed: RowFeed<Item>;
  readonly rows: readonly Item[];
  /** The columns; a list across organizations has one that names them. Must not change between calls. */
  readonly columnsOf: (isOfAll: boolean) => Column<Item>[];
}

const keyOf = ({ id }: Row): string => id;

/** The table of a list that loads further rows at its end. */
export function FeedTable<Item extends Row>({ label, feed, rows, columnsOf }: FeedTableProps<Item>): JSX.Element {
  const { isOfAll } = useApi();
  const { next, loadMore, isLoadingMore, moreError, emptyPages, onRange } = feed;
  return (
    <DataTable
      label={label}
      columns={useMemo(() => columnsOf(isOfAll), [columnsOf, isOfAll])}
      rows={rows}
      keyOf={keyOf}
      onMore={next === null ? undefined : loadMore}
      loadingMore={isLoadingMore}
      loadsByItself={moreError === undefined && emptyPages < mostEmptyPages}
      onRange={onRange}
    />
  );
}
