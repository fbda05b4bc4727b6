import { type JSX, useCallback, useState } from 'react';
import { useLocation } from 'wouter';
import { useApi } from '../../../api/api.tsx';
import * as m from '../../../texts/messages.js';
import { Button } from '../../../ui/button.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { SearchField } from '../../../ui/search-field.tsx';
import { EmptyState, ErrorState, Loading } from '../../../ui/states.tsx';
import { paths } from '../paths.ts';
import { type DeveloperDialog, DeveloperDialogs } from './developer-dialogs.tsx';
import { useDeveloperSearch } from './developer-search.ts';
import { DeveloperTable } from './developer-table.tsx';

/** The developers, each with the use of the newest subscriptions. */
export function DevelopersTab(): JSX.Element {
  const [search, setSearch] = useState('');
  const [dialog, setDialog] = useState<DeveloperDialog>();
  const [, navigate] = useLocation();
  const open = useCallback((next: DeveloperDialog) => setDialog(next), []);
  return (
    <>
      <DeveloperList search={search} onSearch={setSearch} onDialog={open} />
      {dialog && (
        <DeveloperDialogs
          dialog={dialog}
          onClose={() => setDialog(undefined)}
          onMade={(email) => navigate(paths.developer(email))}
        />
      )}
    </>
  );
}

interface DeveloperListProps {
  readonly search: string;
  readonly onSearch: (text: string) => void;
  readonly onDialog: (dialog: DeveloperDialog) => void;
}

function DeveloperList({ search, onSearch, onDialog }: DeveloperListProps): JSX.Element {
  const mayWrite = useApi().may('integration:write');
  const { found, items, total, error, retry, onMore, loadingMore, moreError, isSearching } = useDeveloperSearch(search);
  const add = (
    <Button look="primary" onClick={() => onDialog({ kind: 'new' })}>
      {m.rate_plans_add_developer()}
    </Button>
  );
  if (error !== undefined) return <ErrorState error={error} onRetry={retry} />;
  if (!items || !found) return <Loading />;
  if (items.length === 0) {
    return (
      <EmptyState icon="user" title={m.rate_plans_developers_none()}>
        <p>{m.rate_plans_developers_none_hint()}</p>
        {mayWrite && add}
      </EmptyState>
    );
  }
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <SearchField label={m.rate_plans_search_developers()} value={search} onSearch={onSearch} />
        {mayWrite && (
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => onDialog({ kind: 'usage' })}>{m.rate_plans_report_usage()}</Button>
            <Button onClick={() => onDialog({ kind: 'new-subscription' })}>{m.rate_plans_add_subscription()}</Button>
            {add}
          </div>
        )}
      </div>
      {found.length > 0 ? (
        <DeveloperTable
          developers={found}
          onDialog={onDialog}
          onMore={onMore}
          loadingMore={loadingMore}
          loadsByItself={moreError === undefined}
          {...(search === '' && total !== undefined ? { total } : {})}
        />
      ) : isSearching ? (
        moreError === undefined && <Loading />
      ) : (
        <EmptyState icon="search" title={m.rate_plans_none_found()} />
      )}
      {moreError !== undefined && onMore && <ErrorNote error={moreError} onRetry={onMore} />}
    </>
  );
}
