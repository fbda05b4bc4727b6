import { type JSX, lazy, Suspense } from 'react';
import { useDayStatistics } from '../../api/statistics.ts';
import * as m from '../../texts/messages.js';
import { ErrorState, Loading } from '../../ui/states.tsx';
import { DayTable } from './day-table.tsx';
import { Panel, Quiet } from './panel.tsx';

const DayChart = lazy(() => import('./day-chart.tsx'));

/** The last day, hour by hour: a chart, and the same numbers as a table. */
export function DaySection(): JSX.Element {
  const { data, error, refetch } = useDayStatistics();
  return (
    <Panel title={m.overview_over_time()}>
      {data ? (
        data.points.some(({ accepted, delivered, failed, retried }) => accepted + delivered + failed + retried > 0) ? (
          <>
            <Suspense fallback={<Loading rows={4} />}>
              <DayChart points={data.points} />
            </Suspense>
            <DayTable points={data.points} />
          </>
        ) : (
          <Quiet>{m.overview_nothing_sent()}</Quiet>
        )
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading rows={4} />
      )}
    </Panel>
  );
}
