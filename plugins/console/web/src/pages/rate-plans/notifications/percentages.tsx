import type { JSX } from 'react';
import { formatNumber, formatPercent } from '../../../format/format.ts';
import * as m from '../../../texts/messages.js';

interface PercentagesProps {
  /** Names the list. */
  readonly label: string;
  readonly values: readonly number[];
  /** Further ones are counted. Default: all are shown. */
  readonly most?: number;
}

/** Percentages of a target. */
export function Percentages({ label, values, most = values.length }: PercentagesProps): JSX.Element {
  return (
    <ul aria-label={label} className="flex flex-wrap gap-1">
      {values.slice(0, most).map((value) => (
        <li key={value} className="rounded-sm bg-accent-soft px-1.5 py-0.5 text-sm text-accent-strong tabular-nums">
          {formatPercent(value / 100)}
        </li>
      ))}
      {values.length > most && (
        <li className="px-1.5 py-0.5 text-sm text-muted">
          {m.rate_plans_more({ count: formatNumber(values.length - most) })}
        </li>
      )}
    </ul>
  );
}
