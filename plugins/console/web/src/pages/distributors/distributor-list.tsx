import { type JSX, useMemo } from 'react';
import { useApi } from '../../api/api.tsx';
import { type Distributor, useDistributors } from '../../api/distributors.ts';
import { useEndpointStatistics } from '../../api/endpoint-statistics.ts';
import { StatisticsContext } from '../../endpoints/statistics-cells.tsx';
import { formatNumber } from '../../format/format.ts';
import * as m from '../../texts/messages.js';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { EmptyState, ErrorState, Loading } from '../../ui/states.tsx';
import { isUuid } from './distributor-form.ts';
import { type DistributorAction, DistributorTable } from './distributor-table.tsx';

interface DistributorListProps {
  readonly node: string;
  readonly onNode: (node: string) => void;
  readonly onAction: (action: DistributorAction, distributor: Distributor) => void;
}

/** The filter by node, and the distributors of that node or of all. */
export function DistributorList({ node, onNode, onAction }: DistributorListProps): JSX.Element {
  return (
    <>
      <div className="mb-3">
        <SearchField label={m.distributors_search()} value={node} onSearch={onNode} maxLength={36} />
      </div>
      {node === '' || isUuid(node) ? (
        <Found node={node} onNode={onNode} onAction={onAction} />
      ) : (
        <EmptyState icon="search" title={m.distributors_node_syntax()}>
          <Button onClick={() => onNode('')}>{m.distributors_search_clear()}</Button>
        </EmptyState>
      )}
    </>
  );
}

function Found({ node, onNode, onAction }: DistributorListProps): JSX.Element {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isFetchNextPageError } =
    useDistributors(node);
  const rows = useMemo(() => data?.pages.flatMap(({ distributors }) => distributors) ?? [], [data]);
  const batches = useMemo(() => data?.pages.map((page) => page.distributors.map(({ id }) => id)) ?? [], [data]);
  const statistics = useEndpointStatistics('distributor', batches);
  const total = data?.pages.at(-1)?.total;
  if (total === undefined) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Loading />;
  if (total === 0) return <Nothing node={node} onNode={onNode} />;
  return (
    <StatisticsContext value={statistics}>
      {error && <ErrorNote error={error} />}
      <p role="status" className="mb-2 text-sm text-muted">
        {m.distributors_count({ count: total, text: formatNumber(total) })}
      </p>
      <DistributorTable
        rows={rows}
        total={total}
        onMore={hasNextPage ? () => void fetchNextPage() : undefined}
        loadingMore={isFetchingNextPage}
        loadsByItself={!isFetchNextPageError}
        onAction={onAction}
      />
    </StatisticsContext>
  );
}

function Nothing({ node, onNode }: Pick<DistributorListProps, 'node' | 'onNode'>): JSX.Element {
  const { may } = useApi();
  if (node !== '')
    return (
      <EmptyState icon="search" title={m.distributors_no_match()}>
        <Button onClick={() => onNode('')}>{m.distributors_search_clear()}</Button>
      </EmptyState>
    );
  return (
    <EmptyState icon="send" title={m.distributors_empty()}>
      <p>{m.distributors_empty_hint()}</p>
      {may('integration:write') && <p>{m.distributors_empty_add()}</p>}
    </EmptyState>
  );
}
