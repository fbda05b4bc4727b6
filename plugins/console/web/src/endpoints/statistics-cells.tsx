import { createContext, type JSX, useContext } from 'react';
import type { EndpointStatistics } from '../api/endpoint-statistics.ts';
import { formatPercent, formatTime } from '../format/format.ts';
import { TimeText } from '../format/time-text.tsx';
import * as m from '../texts/messages.js';

/** Statistics of the last day by endpoint: they come after the rows, which are not rendered again for them. */
export const StatisticsContext = createContext<ReadonlyMap<string, EndpointStatistics>>(new Map());

function Nothing(): JSX.Element {
  return (
    <span className="text-muted">
      <span aria-hidden="true" title={m.endpoint_none_today()}>
        –
      </span>
      <span className="sr-only">{m.endpoint_none_today()}</span>
    </span>
  );
}

export function SuccessRate({ id }: { id: string }): JSX.Element | null {
  const statistics = useContext(StatisticsContext).get(id);
  if (!statistics) return null;
  const { success_rate: rate, failing_since: failing } = statistics;
  if (rate === null) return <Nothing />;
  return (
    <span
      title={failing === null ? undefined : m.endpoint_failing_since({ time: formatTime(failing) })}
      className={failing === null ? 'tabular-nums' : 'font-medium text-failed tabular-nums'}
    >
      {formatPercent(rate)}
      {failing !== null && <span className="sr-only"> {m.endpoint_failing_since({ time: formatTime(failing) })}</span>}
    </span>
  );
}

export function LastDelivery({ id }: { id: string }): JSX.Element | null {
  const statistics = useContext(StatisticsContext).get(id);
  if (!statistics) return null;
  return statistics.last_delivery_at === null ? <Nothing /> : <TimeText time={statistics.last_delivery_at} relative />;
}
