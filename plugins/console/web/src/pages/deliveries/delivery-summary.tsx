import type { DeliveryWithAttempts } from 'hookgate/client';
import type { JSX } from 'react';
import { Countdown } from '../../deliveries/countdown.tsx';
import { OrganizationFact } from '../../deliveries/organization-fact.tsx';
import { reasonOf } from '../../deliveries/reason-words.ts';
import { stateWordsOf } from '../../deliveries/state-words.ts';
import { TestMark } from '../../deliveries/test-mark.tsx';
import { TimeText } from '../../format/time-text.tsx';
import * as m from '../../texts/messages.js';
import { Badge } from '../../ui/badge.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Fact, Section } from '../../ui/section.tsx';
import { TextLink } from '../../ui/text-link.tsx';
import { listPath } from './use-delivery-filter.ts';

/** State, endpoint, times and ids of a delivery. */
export function DeliverySummary({ delivery }: { delivery: DeliveryWithAttempts }): JSX.Element {
  const { id, created_at, next_attempt_at: next, event_id: event, url, attempts } = delivery;
  const { text, tone } = stateWordsOf(delivery);
  const lastUrl = url ?? attempts.at(-1)?.url;
  return (
    <Section title={m.deliveries_detail_summary()}>
      <dl className="divide-y divide-line rounded-lg border border-line bg-panel px-4 py-1">
        <Fact name={m.deliveries_detail_state()}>
          <span role="status" className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <Badge tone={tone}>{text}</Badge>
            <TestMark delivery={delivery} />
            <span>{reasonOf(delivery)}</span>
          </span>
        </Fact>
        {next !== null && (
          <Fact name={m.deliveries_detail_next()}>
            <Countdown time={next} /> <span className="text-muted">· </span>
            <TimeText time={next} />
          </Fact>
        )}
        <OrganizationFact organization={delivery.organization} />
        <Fact name={m.deliveries_detail_endpoint()}>
          <EndpointLinks delivery={delivery} />
        </Fact>
        {lastUrl && (
          <Fact name={m.deliveries_detail_url()}>
            <span className="break-all">{lastUrl}</span>
          </Fact>
        )}
        <Fact name={m.deliveries_detail_created()}>
          <TimeText time={created_at} />
        </Fact>
        <Fact name={m.deliveries_detail_id()}>
          <span className="flex flex-wrap items-center gap-2">
            <code className="font-mono text-sm break-all">{id}</code>
            <CopyButton text={id} />
          </span>
        </Fact>
        {event !== undefined && (
          <Fact name={m.deliveries_detail_event()}>
            <code className="block font-mono text-sm break-all">{event}</code>
            <TextLink to={listPath({ event })}>{m.deliveries_detail_event_deliveries()}</TextLink>
          </Fact>
        )}
      </dl>
    </Section>
  );
}

function EndpointLinks({
  delivery: { endpoint, endpoint_name: name },
}: {
  delivery: DeliveryWithAttempts;
}): JSX.Element {
  const { id, kind } = endpoint;
  return (
    <>
      <span className="block">
        {name === null ? (
          <span className="text-muted">{m.deliveries_endpoint_deleted()}</span>
        ) : (
          <TextLink
            to={kind === 'distributor' ? `/distributors?node=${name}` : `/webhooks?search=${encodeURIComponent(name)}`}
          >
            {name}
          </TextLink>
        )}
        <span className="text-muted">
          {' · '}
          {kind === 'distributor' ? m.deliveries_kind_distributor() : m.deliveries_kind_webhook()}
        </span>
      </span>
      <TextLink to={listPath({ endpoint: id })}>{m.deliveries_detail_endpoint_deliveries()}</TextLink>
    </>
  );
}
