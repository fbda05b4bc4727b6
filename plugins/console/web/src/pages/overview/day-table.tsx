import type { JSX } from 'react';
import type { StatisticsPoint } from '../../api/statistics.ts';
import { formatNumber, formatTime } from '../../format/format.ts';
import * as m from '../../texts/messages.js';

/** The numbers of the chart. */
export function DayTable({ points }: { points: readonly StatisticsPoint[] }): JSX.Element {
  const used = points.filter(({ delivered, retried, failed }) => delivered + retried + failed > 0).toReversed();
  const titles = [m.overview_hour(), m.overview_delivered(), m.overview_retried(), m.overview_failed()];
  return (
    <details className="mt-3">
      <summary className="w-fit rounded-sm text-sm text-accent">{m.overview_as_table()}</summary>
      <div className="mt-2 overflow-x-auto">
        <table className="w-full text-sm">
          <thead>
            <tr className="border-b border-line text-muted">
              {titles.map((title, index) => (
                <th
                  key={title}
                  scope="col"
                  className={`px-2 py-1.5 font-medium ${index === 0 ? 'text-left' : 'text-right'}`}
                >
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {used.map(({ at, delivered, retried, failed }) => (
              <tr key={at} className="border-b border-line last:border-b-0">
                <th scope="row" className="px-2 py-1.5 text-left font-normal whitespace-nowrap">
                  {formatTime(at)}
                </th>
                {[delivered, retried, failed].map((value, index) => (
                  <td key={titles[index + 1]} className="px-2 py-1.5 text-right tabular-nums">
                    {formatNumber(value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
