import type { JSX } from 'react';
import { type Distributor, useDeleteDistributor } from '../../api/distributors.ts';
import { WaitingDeliveries } from '../../endpoints/waiting-deliveries.tsx';
import * as m from '../../texts/messages.js';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { toast } from '../../ui/toasts.tsx';

interface DeleteDistributorDialogProps {
  readonly distributor: Distributor;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

/** The question before a distributor is deleted, with the number of deliveries that end with it. */
export function DeleteDistributorDialog(props: DeleteDistributorDialogProps): JSX.Element {
  const { distributor, onClose, onDeleted } = props;
  const remove = useDeleteDistributor();
  const { id, meta } = distributor;
  return (
    <ConfirmDialog
      title={m.distributors_delete_title()}
      action={m.delete()}
      onClose={onClose}
      onConfirm={async () => {
        await remove.mutateAsync(id);
        toast(m.distributors_deleted());
        onDeleted();
      }}
    >
      {meta && <p className="mb-2 font-mono text-sm wrap-anywhere">{meta.host + meta.path}</p>}
      <WaitingDeliveries id={id} />
      <p className="mt-2">{m.distributors_delete_final()}</p>
    </ConfirmDialog>
  );
}
