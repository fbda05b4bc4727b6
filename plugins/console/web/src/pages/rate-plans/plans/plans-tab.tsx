import { type JSX, useMemo, useState } from 'react';
import { useApi } from '../../../api/api.tsx';
import { useConditions } from '../../../api/conditions.ts';
import { usePackages, useRatePlans } from '../../../api/rate-plans.ts';
import * as m from '../../../texts/messages.js';
import { Button } from '../../../ui/button.tsx';
import { SearchField } from '../../../ui/search-field.tsx';
import { EmptyState, ErrorState, Loading } from '../../../ui/states.tsx';
import { type PlanDialog, PlanDialogs } from './plan-dialogs.tsx';
import { rowsOf } from './plan-rows.ts';
import { PlanTable } from './plan-table.tsx';

/** The rate plans of all packages. */
export function PlansTab(): JSX.Element {
  const mayWrite = useApi().may('integration:write');
  const [packages, plans, conditions] = [usePackages(), useRatePlans(), useConditions()];
  const [dialog, setDialog] = useState<PlanDialog>();
  const [search, setSearch] = useState('');
  const rows = useMemo(
    () => rowsOf(packages.items ?? [], plans.items ?? [], conditions.items ?? [], search),
    [packages.items, plans.items, conditions.items, search],
  );
  const failed = [packages, plans, conditions].find(({ error }) => error !== undefined);
  const isLoading = !packages.items || !plans.items;
  const isEmpty = packages.items?.length === 0;
  return (
    <>
      {!isEmpty && (
        <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
          <SearchField label={m.rate_plans_search()} value={search} onSearch={setSearch} />
          {mayWrite && (
            <div className="flex flex-wrap gap-2">
              <Button onClick={() => setDialog({ kind: 'new-package' })}>{m.rate_plans_add_package()}</Button>
              <Button look="primary" disabled={isLoading} onClick={() => setDialog({ kind: 'new-plan' })}>
                {m.rate_plans_add_plan()}
              </Button>
            </div>
          )}
        </div>
      )}
      {failed ? (
        <ErrorState error={failed.error} onRetry={failed.retry} />
      ) : isLoading ? (
        <Loading />
      ) : isEmpty ? (
        <EmptyState icon="plan" title={m.rate_plans_none()}>
          <p>{m.rate_plans_none_hint()}</p>
          {mayWrite && (
            <Button look="primary" onClick={() => setDialog({ kind: 'new-package' })}>
              {m.rate_plans_add_package()}
            </Button>
          )}
        </EmptyState>
      ) : rows.length === 0 ? (
        <EmptyState icon="search" title={m.rate_plans_none_found()} />
      ) : (
        <PlanTable rows={rows} onDialog={setDialog} />
      )}
      {dialog && <PlanDialogs dialog={dialog} onClose={() => setDialog(undefined)} />}
    </>
  );
}
