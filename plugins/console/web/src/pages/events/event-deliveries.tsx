import type { Delivery } from 'hookgate/client';
import type { JSX } from 'react';
import { useApi } from '../../api/api.tsx';
import { useRedeliverEvent } from '../../api/events.ts';
import { Countdown } from '../../deliveries/countdown.tsx';
import { reasonOf } from '../../deliveries/reason-words.ts';
import { stateWordsOf } from '../../deliveries/state-words.ts';
import { TestMark } from '../../deliveries/test-mark.tsx';
import { formatNumber } from '../../format/format.ts';
import * as m from '../../texts/messages.js';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Section } from '../../ui/section.tsx';
import { TextLink } from '../../ui/text-link.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';

interface EventDeliveriesProps {
  readonly event: string;
  readonly deliveries: readonly Delivery[];
}

/** The deliveries of an event, each with its state and the way to it. */
export function EventDeliveries({ event, deliveries }: EventDeliveriesProps): JSX.Element {
  return (
    <Section title={m.nav_deliveries()}>
      {deliveries.length === 0 ? (
        <p className="rounded-lg border border-dashed border-line px-4 py-6 text-center text-muted">
          {m.events_no_deliveries()}
        </p>
      ) : (
        <>
          <ul aria-label={m.nav_deliveries()} className="divide-y divide-line rounded-lg border border-line bg-panel">
            {deliveries.map((delivery) => (
              <Entry key={delivery.id} event={event} delivery={delivery} />
            ))}
          </ul>
          <p className="mt-2 text-sm">
            <TextLink to={`/deliveries?event=${event}`}>{m.events_all_deliveries()}</TextLink>
          </p>
        </>
      )}
    </Section>
  );
}

function Entry({ event, delivery }: { event: string; delivery: Delivery }): JSX.Element {
  const { id, endpoint, endpoint_name: name, url, status, attempt_count: attempts, next_attempt_at: next } = delivery;
  const { may } = useApi();
  const redelivery = useRedeliverEvent(event);
  const { text, tone } = stateWordsOf(delivery);
  const title = name ?? m.deliveries_endpoint_deleted();
  const isSettled = status === 'delivered' || status === 'failed' || status === 'cancelled';
  return (
    <li className="flex items-start gap-3 px-4 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <TextLink to={`/deliveries/${id}`}>{title}</TextLink>
          <Badge tone={tone}>{text}</Badge>
          <TestMark delivery={delivery} />
          <span className="text-sm text-muted">
            {m.events_attempts({ count: attempts, text: formatNumber(attempts) })}
            {next !== null && (
              <>
                {' · '}
                {m.deliveries_detail_next()}: <Countdown time={next} />
              </>
            )}
          </span>
        </p>
        {url && <p className="text-sm break-all text-muted">{url}</p>}
        <p className="text-sm text-muted">{reasonOf(delivery)}</p>
      </div>
      {may('integration:write') && isSettled && (
        <IconButton
          icon="refresh"
          label={m.events_redeliver_one({ name: title })}
          disabled={redelivery.isPending}
          onClick={() =>
            redelivery.mutate([endpoint.id], {
              onSuccess: ({ deliveries: [queued] }) =>
                toast(queued ? m.deliveries_detail_redelivered() : m.events_redeliver_skipped()),
              onError: toastError,
            })
          }
        />
      )}
    </li>
  );
}
