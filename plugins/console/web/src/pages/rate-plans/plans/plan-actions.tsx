import type { JSX } from 'react';
import { cycleMonthsOf, type RatePlan } from '../../../api/rate-plans.ts';
import * as m from '../../../texts/messages.js';
import { Button, IconButton } from '../../../ui/button.tsx';
import { RowActions } from '../../../ui/row-actions.tsx';
import type { PlanDialog } from './plan-dialogs.tsx';
import { nameIdOf } from './plan-rows.ts';

/** Published adjustable plans notify. A draft can be published, changed and deleted; of a published plan only its end changes. */
export function PlanActions({
  plan,
  onDialog,
}: {
  plan: RatePlan;
  onDialog: (dialog: PlanDialog) => void;
}): JSX.Element {
  const described = { 'aria-describedby': nameIdOf(plan) };
  return (
    <RowActions>
      {plan.published && cycleMonthsOf(plan) !== undefined && (
        <Button {...described} onClick={() => onDialog({ kind: 'notify', plan })}>
          {m.rate_plans_notify()}
        </Button>
      )}
      {!plan.published && (
        <Button {...described} onClick={() => onDialog({ kind: 'publish', plan })}>
          {m.rate_plans_publish()}
        </Button>
      )}
      <IconButton icon="edit" label={m.edit()} {...described} onClick={() => onDialog({ kind: 'edit-plan', plan })} />
      {!plan.published && (
        <IconButton
          icon="trash"
          label={m.delete()}
          {...described}
          onClick={() => onDialog({ kind: 'delete-plan', plan })}
        />
      )}
    </RowActions>
  );
}
