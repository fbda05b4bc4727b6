import type { RedeliveryJob } from 'hookgate/client';
import { type JSX, useState } from 'react';
import { useApi } from '../../api/api.tsx';
import { useRedeliveryCalls, useRedeliveryJob } from '../../api/redelivery.ts';
import { formatNumber } from '../../format/format.ts';
import * as m from '../../texts/messages.js';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { Loading } from '../../ui/states.tsx';
import { toastError } from '../../ui/toasts.tsx';
import type { JobPlace } from './job-address.ts';

const titles: Readonly<Record<RedeliveryJob['state'], () => string>> = {
  running: m.deliveries_bulk_running,
  done: m.deliveries_bulk_done,
  cancelled: m.deliveries_bulk_stopped,
};

/** Progress and result of a redelivery job. `onHide`: for a job that has ended, or cannot be read. */
export function JobProgress({ job: { id, count }, onHide }: { job: JobPlace; onHide: () => void }): JSX.Element {
  const { data: job, error } = useRedeliveryJob(id);
  const hide = <Button onClick={onHide}>{m.deliveries_bulk_hide()}</Button>;
  if (!job && error)
    return (
      <>
        <ErrorNote error={error} />
        <div className="mt-3 flex justify-end">{hide}</div>
      </>
    );
  if (!job) return <Loading rows={1} />;
  const { state, redelivered, skipped } = job;
  const text = m.deliveries_bulk_result({ redelivered: formatNumber(redelivered), skipped: formatNumber(skipped) });
  return (
    <div className="flex flex-col gap-2">
      <p role="status" className="font-medium">
        {titles[state]()}
      </p>
      {state === 'running' && (
        <ProgressBar
          label={m.deliveries_bulk_progress()}
          ratio={count ? (redelivered + skipped) / count : undefined}
          text={text}
        />
      )}
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-muted tabular-nums">{text}</p>
        {state === 'running' ? <CancelButton id={id} /> : hide}
      </div>
    </div>
  );
}

function CancelButton({ id }: { id: string }): JSX.Element | null {
  const { may } = useApi();
  const { cancel } = useRedeliveryCalls();
  const [isBusy, setBusy] = useState(false);
  async function stop(): Promise<void> {
    setBusy(true);
    try {
      await cancel(id);
    } catch (error) {
      toastError(error);
    }
    setBusy(false);
  }
  if (!may('integration:write')) return null;
  return (
    <Button icon="stop" busy={isBusy} onClick={() => void stop()}>
      {m.deliveries_bulk_cancel()}
    </Button>
  );
}
