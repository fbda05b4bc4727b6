import type { JSX } from 'react';
import { formatNumber, formatPercent } from '../../../format/format.ts';
import * as m from '../../../texts/messages.js';
import { classes } from '../../../ui/classes.ts';
import { roundedDown, usageScale } from '../usage-scale.ts';

export interface Usage {
  readonly usageCount: number;
  readonly usagePercent: number | null;
  readonly usageThresholds: readonly number[];
  readonly quotaTarget: number;
}

/** A percentage of the target in the reader's format. */
export const percentText = (percent: number): string => formatPercent(roundedDown(percent) / 100);

export const countText = ({ usageCount, quotaTarget }: Usage): string =>
  quotaTarget === 0
    ? m.rate_plans_count_without_target({ count: formatNumber(usageCount) })
    : m.rate_plans_count_of_target({ count: formatNumber(usageCount), target: formatNumber(quotaTarget) });

/** Usage in percent of the target, with marks at the thresholds. `label` names it. */
export function UsageBar({ label, usage }: { label: string; usage: Usage }): JSX.Element {
  const percent = usage.usagePercent ?? 0;
  const { most, ticks } = usageScale(percent, usage.usageThresholds);
  const place = (value: number): string => `${(value / most) * 100}%`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: the element `meter` has no marks
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={most}
      aria-valuenow={percent}
      aria-valuetext={`${percentText(percent)}, ${countText(usage)}`}
      className="relative h-2.5 rounded-full bg-sunken ring-1 ring-line ring-inset"
    >
      <div className="h-full rounded-full bg-accent" style={{ width: place(percent) }} />
      {ticks.map((tick) => (
        <span
          key={tick}
          title={formatPercent(tick / 100)}
          style={{ left: place(tick) }}
          className={classes(
            'absolute -top-0.5 -bottom-0.5 w-0.5 -translate-x-1/2 rounded-full',
            tick <= percent ? 'bg-accent-strong' : 'bg-control',
          )}
        />
      ))}
      {most > 100 && (
        <span
          title={m.rate_plans_target()}
          style={{ left: place(100) }}
          className="absolute -top-1 -bottom-1 w-px -translate-x-1/2 bg-ink"
        />
      )}
    </div>
  );
}
