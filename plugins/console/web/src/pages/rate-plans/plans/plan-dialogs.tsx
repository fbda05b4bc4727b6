import type { JSX } from 'react';
import { type Package, type RatePlan, usePlanChanges } from '../../../api/rate-plans.ts';
import * as m from '../../../texts/messages.js';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { toast } from '../../../ui/toasts.tsx';
import { focusHeading } from '../focus-heading.ts';
import { NotificationsDialog } from '../notifications/notifications-dialog.tsx';
import { explaining } from '../refusals.ts';
import { PackageDialog } from './package-dialog.tsx';
import { PlanDialog as PlanForm } from './plan-dialog.tsx';

/** The dialog that is open over the plans. */
export type PlanDialog =
  | { readonly kind: 'new-package' }
  | { readonly kind: 'delete-package'; readonly entry: Package }
  | { readonly kind: 'new-plan'; readonly packageId?: string }
  | { readonly kind: 'edit-plan' | 'publish' | 'delete-plan' | 'notify'; readonly plan: RatePlan };

export function PlanDialogs({ dialog, onClose }: { dialog: PlanDialog; onClose: () => void }): JSX.Element {
  switch (dialog.kind) {
    case 'new-package':
      return <PackageDialog onClose={onClose} />;
    case 'delete-package':
      return <DeletePackage entry={dialog.entry} onClose={onClose} />;
    case 'new-plan':
      return <PlanForm packageId={dialog.packageId} onClose={onClose} />;
    case 'edit-plan':
      return <PlanForm plan={dialog.plan} onClose={onClose} />;
    case 'publish':
      return <PublishPlan plan={dialog.plan} onClose={onClose} />;
    case 'delete-plan':
      return <DeletePlan plan={dialog.plan} onClose={onClose} />;
    case 'notify':
      return <NotificationsDialog plan={dialog.plan} onClose={onClose} />;
  }
}

function DeletePackage({ entry, onClose }: { entry: Package; onClose: () => void }): JSX.Element {
  const { deletePackage } = usePlanChanges();
  return (
    <ConfirmDialog
      title={m.rate_plans_delete_package({ name: entry.displayName })}
      action={m.delete()}
      onConfirm={async () => {
        await explaining(() => deletePackage(entry));
        focusHeading();
      }}
      onClose={onClose}
    >
      {m.rate_plans_delete_hint()}
    </ConfirmDialog>
  );
}

function PublishPlan({ plan, onClose }: { plan: RatePlan; onClose: () => void }): JSX.Element {
  const { updatePlan } = usePlanChanges();
  async function publish(): Promise<void> {
    await explaining(() => updatePlan(plan, { published: true }));
    toast(m.rate_plans_plan_published());
    focusHeading();
  }
  return (
    <ConfirmDialog
      title={m.rate_plans_publish_plan({ name: plan.displayName })}
      action={m.rate_plans_publish()}
      onConfirm={publish}
      onClose={onClose}
      dangerous={false}
    >
      {m.rate_plans_publish_hint()}
    </ConfirmDialog>
  );
}

function DeletePlan({ plan, onClose }: { plan: RatePlan; onClose: () => void }): JSX.Element {
  const { deletePlan } = usePlanChanges();
  return (
    <ConfirmDialog
      title={m.rate_plans_delete_plan({ name: plan.displayName })}
      action={m.delete()}
      onConfirm={async () => {
        await explaining(() => deletePlan(plan));
        focusHeading();
      }}
      onClose={onClose}
    >
      {m.rate_plans_delete_hint()}
    </ConfirmDialog>
  );
}
