import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Delivery, DeliveryWithAttempts } from 'hookgate/client';
import { type JSX, useState } from 'react';
import { useApi } from '../../api/api.tsx';
import { deliveryKey } from '../../api/deliveries.ts';
import * as m from '../../texts/messages.js';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';

/** What the state of a delivery allows. */
export function DeliveryActions({ delivery: { id, status } }: { delivery: DeliveryWithAttempts }): JSX.Element | null {
  const { client, organization, may } = useApi();
  const cache = useQueryClient();
  const [asks, setAsks] = useState(false);
  const options = { params: { path: { id } } };

  function take(changed: Delivery): void {
    cache.setQueryData<DeliveryWithAttempts>(
      deliveryKey(organization, id),
      (known) => known && { ...known, ...changed },
    );
    void cache.invalidateQueries({ queryKey: deliveryKey(organization, id) });
  }
  const redelivery = useMutation({
    mutationFn: () => client.call('redeliverDelivery', options),
    onSuccess: (changed) => {
      take(changed);
      toast(m.deliveries_detail_redelivered());
    },
    onError: (error) => {
      toastError(error);
      void cache.invalidateQueries({ queryKey: deliveryKey(organization, id) });
    },
  });
  async function cancel(): Promise<void> {
    take(await client.call('cancelDelivery', options));
    toast(m.deliveries_detail_cancelled());
    // The button that opened the question is gone.
    setTimeout(() => document.querySelector<HTMLElement>('main h1')?.focus());
  }

  if (!may('integration:write')) return null;
  return (
    <>
      {status !== 'held' && (
        // In flight it stays, so that it keeps the focus.
        <Button
          icon="refresh"
          busy={redelivery.isPending || status === 'in_flight'}
          onClick={() => redelivery.mutate()}
        >
          {m.deliveries_detail_redeliver()}
        </Button>
      )}
      {(status === 'pending' || status === 'held') && (
        <Button icon="stop" onClick={() => setAsks(true)}>
          {m.deliveries_detail_cancel()}
        </Button>
      )}
      {asks && (
        <ConfirmDialog
          title={m.deliveries_detail_cancel_question()}
          action={m.deliveries_detail_cancel_confirm()}
          keep={m.deliveries_detail_cancel_keep()}
          onConfirm={cancel}
          onClose={() => setAsks(false)}
        >
          {m.deliveries_detail_cancel_explained()}
        </ConfirmDialog>
      )}
    </>
  );
}
