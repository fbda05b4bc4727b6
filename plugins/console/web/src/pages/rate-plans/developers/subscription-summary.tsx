import { type JSX, useContext, useEffect, useState } from 'react';
import { useSubscriptions } from '../../../api/subscriptions.ts';
import { formatNumber } from '../../../format/format.ts';
import * as m from '../../../texts/messages.js';
import { PlanNamesContext } from './plan-names.ts';
import { percentText, UsageBar } from './usage-bar.tsx';

const mostShown = 2;
const restMs = 150;

/** The newest subscriptions of a row, loaded once the table rests: rows that only scroll past load nothing. */
export function SubscriptionSummary({ email }: { email: string }): JSX.Element | null {
  const [isResting, setResting] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setResting(true), restMs);
    return () => clearTimeout(timer);
  }, []);
  return isResting ? <Loaded email={email} /> : <Placeholder />;
}

const Placeholder = (): JSX.Element => <span className="block h-3 w-24 rounded-sm bg-sunken" />;

function Loaded({ email }: { email: string }): JSX.Element {
  const { data, isError } = useSubscriptions(email);
  const names = useContext(PlanNamesContext);
  if (!data) return isError ? <span className="text-muted">—</span> : <Placeholder />;
  if (data.length === 0) return <span className="text-muted">—</span>;
  return (
    <ul className="flex w-full min-w-44 flex-col gap-1.5">
      {data.slice(0, mostShown).map((subscription) => {
        const { id, ratePlan, usagePercent, quotaTarget } = subscription;
        const name = names.get(ratePlan.id) ?? ratePlan.id;
        return (
          <li key={id} className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_3.5rem] items-center gap-2 text-sm">
            <span className="truncate" title={name}>
              {name}
            </span>
            {quotaTarget > 0 ? (
              <UsageBar label={m.rate_plans_usage_of({ name })} usage={subscription} />
            ) : (
              <span className="text-muted">—</span>
            )}
            <span className="text-right tabular-nums">{usagePercent === null ? '' : percentText(usagePercent)}</span>
          </li>
        );
      })}
      {data.length > mostShown && (
        <li className="text-sm text-muted">{m.rate_plans_more({ count: formatNumber(data.length - mostShown) })}</li>
      )}
    </ul>
  );
}
