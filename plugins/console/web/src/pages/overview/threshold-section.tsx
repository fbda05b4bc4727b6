import type { JSX } from 'react';
import { type UsageNotification, useFiredThresholds } from '../../api/statistics.ts';
import { formatNumber, formatPercent } from '../../format/format.ts';
import { TimeText } from '../../format/time-text.tsx';
import * as m from '../../texts/messages.js';
import { Badge } from '../../ui/badge.tsx';
import { ErrorState, Loading } from '../../ui/states.tsx';
import { Panel, Quiet } from './panel.tsx';

/** The thresholds of usage that fired in the last day. */
export function ThresholdSection(): JSX.Element {
  const { data, error, refetch } = useFiredThresholds();
  return (
    <Panel title={m.overview_thresholds()}>
      {!data ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Loading rows={3} />
        )
      ) : data.data.length === 0 ? (
        <Quiet>{m.overview_none_fired()}</Quiet>
      ) : (
        <ul className="-my-2 divide-y divide-line">
          {data.data.map((each) => (
            <Fired key={each.id} notification={each} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Fired({ notification }: { notification: UsageNotification }): JSX.Element {
  const { fired_at: time, percentage, developer, plan, delivery_count: count } = notification;
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5 py-2">
      <span className="min-w-0 wrap-anywhere">
        <Badge>{formatPercent(percentage / 100)}</Badge> {developer.email}
        <span className="text-sm text-muted"> · {plan.name}</span>
      </span>
      <span className="text-sm text-muted">
        {m.overview_callbacks({ count, text: formatNumber(count) })} · <TimeText time={time} relative />
      </span>
    </li>
  );
}
