import type { JSX, ReactNode } from 'react';
import type { ReportedUsage, UsageNotification } from '../../../api/usage.ts';
import { formatNumber, formatPercent } from '../../../format/format.ts';
import * as m from '../../../texts/messages.js';
import { TextLink } from '../../../ui/text-link.tsx';
import { usePlanNames } from './plan-names.ts';
import { SubscriptionUsage } from './subscription-usage.tsx';

/** The subscriptions that a report was counted for, and the thresholds that it fired. */
export function UsageResult({ result }: { result: ReportedUsage }): JSX.Element {
  const { report, counted, fired, firedBefore } = result;
  const names = usePlanNames();
  if (!counted) {
    return (
      <div className="rounded-md bg-sunken px-3 py-2.5">
        <p className="font-medium">{m.rate_plans_counted_unknown()}</p>
        <p className="text-muted">{m.rate_plans_counted_unknown_hint()}</p>
      </div>
    );
  }
  if (counted.length === 0) {
    return (
      <div className="rounded-md bg-sunken px-3 py-2.5">
        <p className="font-medium">{m.rate_plans_counted_for_none()}</p>
        <p className="text-muted">{m.rate_plans_counted_for_none_hint({ product: report.product })}</p>
      </div>
    );
  }
  return (
    <div className="rounded-md bg-sunken px-3 py-2.5">
      <p className="mb-2 font-medium">{m.rate_plans_counted_for()}</p>
      <ul className="flex flex-col gap-3">
        {counted.map(({ before, subscription }) => {
          const name = names.get(subscription.ratePlan.id) ?? subscription.ratePlan.id;
          return (
            <li key={subscription.id}>
              <p className="break-words">
                {name}
                <span className="text-muted tabular-nums">
                  {' '}
                  · {m.rate_plans_added({ count: formatNumber(subscription.usageCount - before) })}
                </span>
              </p>
              <SubscriptionUsage label={m.rate_plans_usage_of({ name })} usage={subscription} />
            </li>
          );
        })}
      </ul>
      <Fired fired={fired} />
      {firedBefore.length > 0 && (
        <p className="mt-2 text-muted">
          {m.rate_plans_fired_before({ list: firedBefore.map((each) => formatPercent(each / 100)).join(', ') })}
        </p>
      )}
    </div>
  );
}

function Fired({ fired }: { fired: readonly UsageNotification[] }): JSX.Element {
  if (fired.length === 0) return <p className="mt-3 text-muted">{m.rate_plans_fired_none()}</p>;
  return (
    <div className="mt-3">
      <p className="font-medium">{m.rate_plans_fired()}</p>
      <ul className="mt-1 flex flex-col gap-0.5">
        {fired.toReversed().map(({ id, percentage, webhooks, webhook_count: count }) => (
          <li key={id} className="break-words">
            <span className="font-medium tabular-nums">{formatPercent(percentage / 100)}</span>
            {': '}
            {webhooks.map((webhook, index) => (
              <span key={webhook.id}>
                {index > 0 && ', '}
                <Called webhook={webhook} />
              </span>
            ))}
            {count > webhooks.length && ', …'}
          </li>
        ))}
      </ul>
      <p className="mt-2">
        <TextLink to="/deliveries?type=RATEPLANQUOTAUSAGE">{m.nav_deliveries()}</TextLink>
      </p>
    </div>
  );
}

/** The name of a webhook, which leads to its delivery. */
function Called({ webhook }: { webhook: UsageNotification['webhooks'][number] }): ReactNode {
  const { name, delivery_id: delivery } = webhook;
  const text = name ?? m.rate_plans_webhook_deleted();
  if (delivery === null) return `${text} (${m.rate_plans_not_called()})`;
  return <TextLink to={`/deliveries/${delivery}`}>{text}</TextLink>;
}
