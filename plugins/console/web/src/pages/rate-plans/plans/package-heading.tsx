import type { JSX } from 'react';
import { useApi } from '../../../api/api.tsx';
import * as m from '../../../texts/messages.js';
import { Button, IconButton } from '../../../ui/button.tsx';
import { RowActions } from '../../../ui/row-actions.tsx';
import type { PlanDialog } from './plan-dialogs.tsx';
import type { PackageRow } from './plan-rows.ts';

/** A package above its plans: its products, and the way to another plan. */
export function PackageHeading({
  row: { entry, planCount },
  onDialog,
}: {
  row: PackageRow;
  onDialog: (dialog: PlanDialog) => void;
}): JSX.Element {
  const mayWrite = useApi().may('integration:write');
  const { id, displayName, description, product, status } = entry;
  const products = product.map((each) => each.displayName).join(', ');
  return (
    <div className="flex items-center justify-between gap-x-4">
      <div className="min-w-0" title={description || undefined}>
        <h2 id={`package-${id}`} className="font-semibold break-words">
          {displayName}
        </h2>
        <p className="text-sm break-words text-muted">
          {product.length === 0 ? m.rate_plans_package_without_products() : products}
          {status === 'INACTIVE' && ` · ${m.rate_plans_package_inactive()}`}
          {planCount === 0 && ` · ${m.rate_plans_package_empty()}`}
        </p>
      </div>
      {mayWrite && (
        <div className="shrink-0">
          <RowActions>
            <Button
              look="quiet"
              aria-describedby={`package-${id}`}
              onClick={() => onDialog({ kind: 'new-plan', packageId: id })}
            >
              {m.rate_plans_add_plan()}
            </Button>
            <IconButton
              icon="trash"
              label={m.delete()}
              aria-describedby={`package-${id}`}
              onClick={() => onDialog({ kind: 'delete-package', entry })}
            />
          </RowActions>
        </div>
      )}
    </div>
  );
}
