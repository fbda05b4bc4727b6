import type { JSX, ReactNode } from 'react';
import { Link } from 'wouter';
import { type StatisticsPoint, useBacklog, useDayStatistics } from '../../api/statistics.ts';
import { formatDistance, formatNumber } from '../../format/format.ts';
import * as m from '../../texts/messages.js';
import { ErrorState, Loading } from '../../ui/states.tsx';
import { TextLink } from '../../ui/text-link.tsx';

const sumOf = (points: readonly StatisticsPoint[], name: 'delivered' | 'retried' | 'failed'): number =>
  points.reduce((sum, point) => sum + point[name], 0);

/** The sums of the last day, and the deliveries that wait now. A figure leads to the list of what it counts, if there is one. */
export function DayFigures(): JSX.Element {
  const statistics = useDayStatistics();
  const backlog = useBacklog();
  const error = statistics.error ?? backlog.error;
  const { data } = statistics;
  if (!data || !backlog.data) {
    const retry = (): void => void Promise.all([statistics.refetch(), backlog.refetch()]);
    return error ? <ErrorState error={error} onRetry={retry} /> : <Loading rows={2} />;
  }
  const { waiting, oldest, more } = backlog.data;
  return (
    <ul className="grid grid-cols-2 gap-3 xl:grid-cols-4">
      <Figure
        title={m.overview_delivered()}
        value={formatNumber(sumOf(data.points, 'delivered'))}
        tone="text-delivered"
        to="/deliveries?status=delivered&last=1d"
      />
      <Figure
        title={m.overview_retried()}
        value={formatNumber(sumOf(data.points, 'retried'))}
        tone="text-retrying"
        note={m.overview_attempts_last_day()}
      />
      <Figure
        title={m.overview_failed()}
        value={formatNumber(sumOf(data.points, 'failed'))}
        tone="text-failed"
        to="/deliveries?status=failed&last=1d"
      />
      <Figure
        title={m.overview_waiting()}
        value={more ? m.overview_at_least({ text: formatNumber(waiting) }) : formatNumber(waiting)}
        tone="text-held"
        note={oldest === undefined ? m.overview_no_backlog() : m.overview_oldest({ time: formatDistance(oldest) })}
      >
        <TextLink to="/deliveries?status=pending">{m.overview_waiting_pending()}</TextLink>
        <TextLink to="/deliveries?status=held">{m.overview_waiting_held()}</TextLink>
      </Figure>
    </ul>
  );
}

interface FigureProps {
  readonly title: string;
  readonly value: string;
  readonly tone: string;
  /** The list of exactly the deliveries that are counted; undefined: no list shows them. */
  readonly to?: string;
  readonly note?: string;
  /** Lists of parts of them. */
  readonly children?: ReactNode;
}

const box = 'block h-full rounded-lg border border-line bg-panel px-4 py-3';

function Figure({ title, value, tone, to, note = m.overview_last_day(), children }: FigureProps): JSX.Element {
  const content = (
    <>
      <span className="block text-sm text-muted">{title}</span>{' '}
      <span className={`block text-2xl font-semibold tabular-nums ${tone}`}>{value}</span>{' '}
      <span className="block text-sm text-muted">{note}</span>
    </>
  );
  return (
    <li>
      {to === undefined ? (
        <div className={box}>
          {content}
          {children !== undefined && <span className="flex flex-wrap gap-x-3 gap-y-1 text-sm">{children}</span>}
        </div>
      ) : (
        <Link href={to} className={`${box} hover:bg-hover`}>
          {content}
        </Link>
      )}
    </li>
  );
}
