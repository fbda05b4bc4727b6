import { type JSX, useState } from 'react';
import { useApi } from '../../api/api.tsx';
import { type EventWithDeliveries, useRedeliverEvent } from '../../api/events.ts';
import { formatNumber } from '../../format/format.ts';
import * as m from '../../texts/messages.js';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';

/** Sends the failed deliveries of an event again, or all of them after a question: receivers get them twice. */
export function RedeliverEvent({ event: { id, deliveries } }: { event: EventWithDeliveries }): JSX.Element | null {
  const { may } = useApi();
  const redelivery = useRedeliverEvent(id);
  const [asks, setAsks] = useState(false);
  const failed = deliveries.filter(({ status }) => status === 'failed').length;
  const say = (count: number): void =>
    toast(count === 0 ? m.events_redeliver_skipped() : m.events_redelivered({ count, text: formatNumber(count) }));
  if (!may('integration:write') || deliveries.length === 0) return null;
  return (
    <>
      {failed > 0 && (
        <Button
          icon="refresh"
          busy={redelivery.isPending}
          onClick={() =>
            redelivery.mutate('failed', {
              onSuccess: ({ deliveries: queued }) => say(queued.length),
              onError: toastError,
            })
          }
        >
          {m.events_redeliver_failed({ text: formatNumber(failed) })}
        </Button>
      )}
      <Button icon="refresh" onClick={() => setAsks(true)}>
        {m.events_redeliver_all()}
      </Button>
      {asks && (
        <ConfirmDialog
          title={m.events_redeliver_all_question()}
          action={m.deliveries_detail_redeliver()}
          dangerous={false}
          onClose={() => setAsks(false)}
          onConfirm={async () => say((await redelivery.mutateAsync('all')).deliveries.length)}
        >
          {m.events_redeliver_all_explained()}
        </ConfirmDialog>
      )}
    </>
  );
}
