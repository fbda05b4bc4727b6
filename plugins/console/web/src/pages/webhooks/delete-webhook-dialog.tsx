import type { JSX } from 'react';
import { useDeleteWebhook, type Webhook } from '../../api/webhooks.ts';
import { WaitingDeliveries } from '../../endpoints/waiting-deliveries.tsx';
import * as m from '../../texts/messages.js';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { toast } from '../../ui/toasts.tsx';

interface DeleteWebhookDialogProps {
  readonly webhook: Webhook;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

/** The question before a webhook is deleted, with the number of deliveries that end with it. */
export function DeleteWebhookDialog({ webhook, onClose, onDeleted }: DeleteWebhookDialogProps): JSX.Element {
  const { name, id } = webhook;
  const remove = useDeleteWebhook();
  return (
    <ConfirmDialog
      title={m.webhooks_delete_title({ name })}
      action={m.delete()}
      onClose={onClose}
      onConfirm={async () => {
        await remove.mutateAsync(id);
        toast(m.webhooks_deleted({ name }));
        onDeleted();
      }}
    >
      <WaitingDeliveries id={id} />
      <p className="mt-2">{m.webhooks_delete_final()}</p>
    </ConfirmDialog>
  );
}
