import type { JSX } from 'react';
import { type Developer, useDeveloperChanges } from '../../../api/developers.ts';
import type { Subscription } from '../../../api/subscriptions.ts';
import * as m from '../../../texts/messages.js';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { toast } from '../../../ui/toasts.tsx';
import { focusHeading } from '../focus-heading.ts';
import { explaining } from '../refusals.ts';
import { DeveloperDialog as DeveloperForm } from './developer-dialog.tsx';
import { SubscriptionDialog } from './subscription-dialog.tsx';
import { UsageDialog } from './usage-dialog.tsx';

/** The dialog that is open over the developers. */
export type DeveloperDialog =
  | { readonly kind: 'new' }
  | { readonly kind: 'edit' | 'delete'; readonly developer: Developer }
  | { readonly kind: 'new-subscription'; readonly email?: string }
  | { readonly kind: 'edit-subscription'; readonly subscription: Subscription }
  | { readonly kind: 'usage'; readonly developer?: Developer };

interface DeveloperDialogsProps {
  readonly dialog: DeveloperDialog;
  readonly onClose: () => void;
  /** Called with the developer of a new entry. */
  readonly onMade?: (email: string) => void;
  readonly onDeleted?: () => void;
}

export function DeveloperDialogs({ dialog, onClose, onMade, onDeleted }: DeveloperDialogsProps): JSX.Element {
  const made = onMade === undefined ? {} : { onMade };
  switch (dialog.kind) {
    case 'new':
      return <DeveloperForm onClose={onClose} {...made} />;
    case 'edit':
      return <DeveloperForm developer={dialog.developer} onClose={onClose} />;
    case 'delete':
      return (
        <DeleteDeveloper
          developer={dialog.developer}
          onClose={onClose}
          {...(onDeleted === undefined ? {} : { onDeleted })}
        />
      );
    case 'new-subscription':
      return <SubscriptionDialog email={dialog.email} onClose={onClose} {...made} />;
    case 'edit-subscription':
      return <SubscriptionDialog subscription={dialog.subscription} onClose={onClose} />;
    case 'usage':
      return <UsageDialog developer={dialog.developer} onClose={onClose} />;
  }
}

function DeleteDeveloper({
  developer: { email },
  onClose,
  onDeleted,
}: {
  developer: Developer;
  onClose: () => void;
  onDeleted?: () => void;
}): JSX.Element {
  const changes = useDeveloperChanges();
  async function remove(): Promise<void> {
    await explaining(() => changes.delete(email));
    toast(m.rate_plans_developer_deleted());
    onDeleted?.();
    focusHeading();
  }
  return (
    <ConfirmDialog
      title={m.rate_plans_delete_named({ name: email })}
      action={m.delete()}
      onConfirm={remove}
      onClose={onClose}
    >
      {m.rate_plans_delete_hint()}
    </ConfirmDialog>
  );
}
