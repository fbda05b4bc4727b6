import { type JSX, type ReactNode, useEffect } from 'react';
import type { RowFeed } from '../api/row-feed.ts';
import { type Row, timeOfId } from '../api/rows.ts';
import { formatNumber, formatTime } from '../format/format.ts';
import * as m from '../texts/messages.js';
import { Button } from '../ui/button.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { EmptyState, ErrorState, Loading } from '../ui/states.tsx';

/** Pages without a match after which the search goes on by request alone. */
export const mostEmptyPages = 20;

interface FeedRowsProps<Item extends Row> {
  readonly feed: RowFeed<Item>;
  readonly table: (rows: readonly Item[]) => ReactNode;
  /** In the place of the table when there are no rows at all. */
  readonly empty: ReactNode;
  readonly isFiltered: boolean;
  readonly onClear: () => void;
  /** Says that nothing matches the filters. */
  readonly noneFound: string;
  /** Text of the button that shows new rows. */
  readonly newText: (inputs: { count: number; text: string }) => string;
}

/** The rows of a feed, or the reason why there are none. */
export function FeedRows<Item extends Row>(props: FeedRowsProps<Item>): ReactNode {
  const { feed, table, empty, isFiltered, onClear, noneFound, newText } = props;
  const { rows, error, retry, next, moreError } = feed;
  if (rows === undefined) return error ? <ErrorState error={error} onRetry={retry} /> : <Loading rows={8} />;
  if (rows.length > 0)
    return (
      <>
        <NewRows feed={feed} newText={newText} />
        {table(rows)}
        {moreError !== undefined && <ErrorNote error={moreError} />}
      </>
    );
  if (next !== null) return <Searching feed={feed} next={next} noneFound={noneFound} />;
  if (!isFiltered) return empty;
  return (
    <EmptyState icon="search" title={noneFound}>
      <Button onClick={onClear}>{m.deliveries_filter_clear()}</Button>
    </EmptyState>
  );
}

type NewRowsProps<Item extends Row> = Pick<FeedRowsProps<Item>, 'feed' | 'newText'>;

/** The button that shows the new rows, where the reader is further down. */
function NewRows<Item extends Row>({ feed: { fresh, showFresh }, newText }: NewRowsProps<Item>): JSX.Element {
  const text = formatNumber(fresh.count) + (fresh.isMore ? '+' : '');
  return (
    <div role="status" className="sticky top-3 z-10 flex h-0 justify-center">
      {fresh.count > 0 && (
        <Button
          look="primary"
          className="shadow-raised"
          onClick={() => {
            showFresh();
            scrollTo({ top: 0 });
          }}
        >
          {newText({ count: fresh.count, text })}
        </Button>
      )}
    </div>
  );
}

type SearchingProps<Item extends Row> = Pick<FeedRowsProps<Item>, 'feed' | 'noneFound'> & { readonly next: string };

/** Looks through older rows while none matches; goes on by request after some time. */
function Searching<Item extends Row>({ feed, next, noneFound }: SearchingProps<Item>): JSX.Element {
  const { emptyPages, loadMore, isLoadingMore, moreError } = feed;
  const goesOn = emptyPages < mostEmptyPages && moreError === undefined;
  useEffect(() => {
    if (goesOn && !isLoadingMore) loadMore();
  });
  if (moreError !== undefined) return <ErrorState error={moreError} onRetry={loadMore} />;
  if (goesOn || isLoadingMore) return <Loading rows={8} label={m.deliveries_searching()} />;
  return (
    <EmptyState icon="search" title={noneFound}>
      <p>{m.deliveries_searched_until({ time: formatTime(timeOfId(next)) })}</p>
      <Button onClick={loadMore}>{m.deliveries_search_further()}</Button>
    </EmptyState>
  );
}
