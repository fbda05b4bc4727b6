import type { JSX } from 'react';
import { useApi } from '../../../api/api.tsx';
import { type Subscription, useSubscriptions } from '../../../api/subscriptions.ts';
import * as m from '../../../texts/messages.js';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState, ErrorState, Loading } from '../../../ui/states.tsx';
import { dayOf, formatDay, parseTime, today } from '../days.ts';
import { usePlanNames } from './plan-names.ts';
import { SubscriptionUsage } from './subscription-usage.tsx';

interface SubscriptionListProps {
  readonly email: string;
  readonly onAdd: () => void;
  readonly onChange: (subscription: Subscription) => void;
}

/** The subscriptions of a developer, each with its use. */
export function SubscriptionList({ email, onAdd, onChange }: SubscriptionListProps): JSX.Element {
  const mayWrite = useApi().may('integration:write');
  const { data, error, isError, refetch } = useSubscriptions(email);
  const names = usePlanNames();
  if (!data) return isError ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Loading rows={2} />;
  if (data.length === 0) {
    return (
      <EmptyState icon="plan" title={m.rate_plans_subscriptions_none()}>
        <p>{m.rate_plans_subscriptions_none_hint()}</p>
        {mayWrite && <Button onClick={onAdd}>{m.rate_plans_add_subscription()}</Button>}
      </EmptyState>
    );
  }
  return (
    <ul
      aria-label={m.rate_plans_subscriptions()}
      className="divide-y divide-line rounded-lg border border-line bg-panel"
    >
      {data.map((subscription) => (
        <Entry
          key={subscription.id}
          name={names.get(subscription.ratePlan.id) ?? subscription.ratePlan.id}
          subscription={subscription}
          onChange={mayWrite ? onChange : undefined}
        />
      ))}
    </ul>
  );
}

function Entry({
  name,
  subscription,
  onChange,
}: {
  name: string;
  subscription: Subscription;
  onChange: SubscriptionListProps['onChange'] | undefined;
}): JSX.Element {
  const { id, ratePlan, startDate, endDate } = subscription;
  return (
    <li className="grid items-center gap-x-6 gap-y-2 px-4 py-3 md:grid-cols-[minmax(0,1fr)_minmax(0,1.6fr)_auto]">
      <div className="min-w-0">
        <p id={`subscription-${id}`} className="flex flex-wrap items-center gap-x-2 font-medium break-words">
          {name}
          <Phase subscription={subscription} />
        </p>
        {name !== ratePlan.id && <p className="text-sm break-all text-muted">{ratePlan.id}</p>}
        <p className="text-sm text-muted tabular-nums">
          {formatDay(startDate)} – {endDate === undefined ? m.rate_plans_open() : formatDay(endDate)}
        </p>
      </div>
      <SubscriptionUsage label={m.rate_plans_usage_of({ name })} usage={subscription} />
      {onChange && (
        <Button
          aria-describedby={`subscription-${id}`}
          className="justify-self-start"
          onClick={() => onChange(subscription)}
        >
          {m.edit()}
        </Button>
      )}
    </li>
  );
}

function Phase({ subscription: { startDate, endDate } }: { subscription: Subscription }): JSX.Element | null {
  const now = Date.now();
  if (parseTime(startDate) > now) return <Badge>{m.rate_plans_not_started()}</Badge>;
  if (endDate !== undefined && dayOf(endDate) < today(now)) return <Badge>{m.rate_plans_ended()}</Badge>;
  return null;
}
