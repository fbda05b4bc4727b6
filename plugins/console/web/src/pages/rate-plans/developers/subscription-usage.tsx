import type { JSX } from 'react';
import type { Subscription } from '../../../api/subscriptions.ts';
import { formatPercent } from '../../../format/format.ts';
import { TimeText } from '../../../format/time-text.tsx';
import * as m from '../../../texts/messages.js';
import { parseTime } from '../days.ts';
import { nextThreshold } from '../usage-scale.ts';
import { countText, percentText, UsageBar } from './usage-bar.tsx';

/** The use of a subscription: a bar, the count, the next threshold and the start of the next period. */
export function SubscriptionUsage({ label, usage }: { label: string; usage: Subscription }): JSX.Element {
  const { usagePercent: percent, usageThresholds: thresholds, usageResetDate: reset, quotaTarget } = usage;
  const next = percent === null ? undefined : nextThreshold(percent, thresholds);
  return (
    <div className="min-w-0">
      <div className="mb-1.5 flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="tabular-nums">{countText(usage)}</span>
        {percent !== null && <span className="font-medium tabular-nums">{percentText(percent)}</span>}
      </div>
      {quotaTarget > 0 && <UsageBar label={label} usage={usage} />}
      <p className="mt-1.5 flex flex-wrap justify-between gap-x-3 text-sm text-muted">
        <span>
          {quotaTarget === 0
            ? m.rate_plans_no_target()
            : thresholds.length === 0
              ? m.rate_plans_no_thresholds()
              : next === undefined
                ? m.rate_plans_all_thresholds()
                : m.rate_plans_next_threshold({ percent: formatPercent(next / 100) })}
        </span>
        {reset !== null && (
          <span>
            {m.rate_plans_resets()} <TimeText time={parseTime(reset)} />
          </span>
        )}
      </p>
    </div>
  );
}
