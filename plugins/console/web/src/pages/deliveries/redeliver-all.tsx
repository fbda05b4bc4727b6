import { type JSX, useState } from 'react';
import { useApi } from '../../api/api.tsx';
import type { DeliveryFilter } from '../../api/delivery-filter.ts';
import { useRedeliveryJob } from '../../api/redelivery.ts';
import * as m from '../../texts/messages.js';
import { Button } from '../../ui/button.tsx';
import { JobProgress } from './job-progress.tsx';
import { RedeliverDialog } from './redeliver-dialog.tsx';
import { useJobPlace } from './use-job-place.ts';

/** The button for the redelivery of all matching deliveries, and the job of the address bar. */
export function useRedeliverAll(filter: DeliveryFilter): { button: JSX.Element | null; panel: JSX.Element | null } {
  const { may, isOfAll } = useApi();
  const [given, setPlace] = useJobPlace();
  // A job is of one organization.
  const place = isOfAll ? undefined : given;
  const [isOpen, setOpen] = useState(false);
  const [startedHere, setStartedHere] = useState<string>();
  const isRunning = useRedeliveryJob(place?.id).data?.state === 'running';
  const shown = place && (isRunning || startedHere === place.id) ? place : undefined;
  const close = (): void => {
    setOpen(false);
    setStartedHere(undefined);
  };
  const hide = (): void => {
    setPlace(null);
    close();
  };
  const button = may('integration:write') ? (
    <>
      <Button icon="refresh" onClick={() => setOpen(true)}>
        {m.deliveries_bulk_all()}
      </Button>
      {isOpen && (
        <RedeliverDialog
          filter={filter}
          job={shown}
          onStarted={(job) => {
            setStartedHere(job.id);
            setPlace(job);
          }}
          onHide={hide}
          onClose={close}
        />
      )}
    </>
  ) : null;
  const panel =
    place && !isOpen ? (
      <section aria-label={m.deliveries_bulk_title()} className="mb-4 rounded-lg border border-line bg-panel px-4 py-3">
        <JobProgress job={place} onHide={hide} />
      </section>
    ) : null;
  return { button, panel };
}
