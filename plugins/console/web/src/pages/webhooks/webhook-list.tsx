import type { JSX } from 'react';
import { useApi } from '../../api/api.tsx';
import { useEndpointStatistics } from '../../api/endpoint-statistics.ts';
import { useWebhooks, type Webhook } from '../../api/webhooks.ts';
import { StatisticsContext } from '../../endpoints/statistics-cells.tsx';
import { formatNumber } from '../../format/format.ts';
import * as m from '../../texts/messages.js';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { EmptyState, ErrorState, Loading } from '../../ui/states.tsx';
import { type WebhookAction, WebhookTable } from './webhook-table.tsx';

interface WebhookListProps {
  readonly search: string;
  readonly onSearch: (text: string) => void;
  readonly onAction: (action: WebhookAction, webhook: Webhook) => void;
}

/** The search box, and the webhooks that it finds. */
export function WebhookList({ search, onSearch, onAction }: WebhookListProps): JSX.Element {
  const { name, rows, total, loaded, error, retry, onRange } = useWebhooks(search);
  const statistics = useEndpointStatistics('webhook', loaded);
  const isEmpty = total === 0 && name === '' && search === '';
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        {!isEmpty && <SearchField label={m.webhooks_search()} value={search} onSearch={onSearch} />}
        <p role="status" className="text-sm text-muted">
          {total !== undefined && total > 0 && m.webhooks_count({ count: total, text: formatNumber(total) })}
        </p>
      </div>
      {total === undefined ? (
        error ? (
          <ErrorState error={error} onRetry={retry} />
        ) : (
          <Loading />
        )
      ) : total === 0 ? (
        <Nothing search={name} onSearch={onSearch} />
      ) : (
        <StatisticsContext value={statistics}>
          {error && (
            <div className="mb-3">
              <ErrorNote error={error} onRetry={retry} />
            </div>
          )}
          <WebhookTable rows={rows} total={total} onRange={onRange} onAction={onAction} />
        </StatisticsContext>
      )}
    </>
  );
}

function Nothing({ search, onSearch }: Pick<WebhookListProps, 'search' | 'onSearch'>): JSX.Element {
  const { may } = useApi();
  if (search === '')
    return (
      <EmptyState icon="webhook" title={m.webhooks_empty()}>
        <p>{m.webhooks_empty_hint()}</p>
        {may('integration:write') && <p>{m.webhooks_empty_add()}</p>}
      </EmptyState>
    );
  return (
    <EmptyState icon="search" title={m.webhooks_no_match({ text: search })}>
      <Button onClick={() => onSearch('')}>{m.webhooks_search_clear()}</Button>
    </EmptyState>
  );
}
