import type { RedeliveryCount } from 'hookgate/client';
import { type JSX, useState } from 'react';
import type { DeliveryFilter } from '../../api/delivery-filter.ts';
import { useRedeliveryCalls, useRedeliveryCount } from '../../api/redelivery.ts';
import { formatNumber } from '../../format/format.ts';
import * as m from '../../texts/messages.js';
import { Button } from '../../ui/button.tsx';
import { Actions, Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ErrorState, Loading } from '../../ui/states.tsx';
import type { JobPlace } from './job-address.ts';
import { JobProgress } from './job-progress.tsx';

interface Props {
  readonly filter: DeliveryFilter;
  /** The job that is shown instead of the question. */
  readonly job: JobPlace | undefined;
  readonly onStarted: (job: JobPlace) => void;
  readonly onHide: () => void;
  readonly onClose: () => void;
}

/** Redelivers all deliveries that match the filters: counts them, asks, and shows the progress. */
export function RedeliverDialog({ filter, job, onStarted, onHide, onClose }: Props): JSX.Element {
  return (
    <Dialog title={m.deliveries_bulk_title()} onClose={onClose}>
      {job ? (
        <JobProgress job={job} onHide={onHide} />
      ) : (
        <Question filter={filter} onStarted={onStarted} onClose={onClose} />
      )}
    </Dialog>
  );
}

function Question({ filter, onStarted, onClose }: Pick<Props, 'filter' | 'onStarted' | 'onClose'>): JSX.Element {
  // The count and the job are about the same span of time.
  const [now] = useState(() => Date.now());
  const { data: matching, error, refetch } = useRedeliveryCount(filter, now);
  const { start } = useRedeliveryCalls();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  async function begin({ count, more }: RedeliveryCount): Promise<void> {
    setBusy(true);
    setFailure(undefined);
    try {
      const { id } = await start(filter, now);
      onStarted({ id, count: more ? undefined : count });
    } catch (reason) {
      setFailure(reason);
      setBusy(false);
    }
  }
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!matching) return <Loading rows={2} label={m.deliveries_bulk_counting()} />;
  return (
    <>
      <p role="status" className="font-medium">
        {countText(matching)}
      </p>
      {matching.count > 0 && (
        <>
          <Warning filter={filter} />
          <p className="mt-2 text-muted">{m.deliveries_bulk_explained()}</p>
        </>
      )}
      {failure !== undefined && <ErrorNote error={failure} />}
      <Actions>
        <Button onClick={onClose}>{m.cancel()}</Button>
        {matching.count > 0 && (
          <Button look="primary" busy={isBusy} onClick={() => void begin(matching)}>
            {m.deliveries_bulk_start()}
          </Button>
        )}
      </Actions>
    </>
  );
}

function countText({ count, more = false }: RedeliveryCount): string {
  const text = formatNumber(count);
  if (more) return m.deliveries_bulk_count_more({ text });
  return count === 0 ? m.deliveries_bulk_none() : m.deliveries_bulk_count({ count, text });
}

/** Receivers would get deliveries a second time. */
function Warning({ filter }: { filter: DeliveryFilter }): JSX.Element | null {
  if (filter.status !== undefined && filter.status !== 'delivered') return null;
  const isUnfiltered = Object.keys(filter).length === 0;
  return (
    <p className="mt-3 flex gap-2 rounded-md bg-retrying-soft px-3 py-2 text-retrying">
      <span className="pt-0.5">
        <Icon name="warning" />
      </span>
      {isUnfiltered ? m.deliveries_bulk_unfiltered() : m.deliveries_bulk_with_delivered()}
    </p>
  );
}
