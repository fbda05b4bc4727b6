import { isHookgateError } from 'hookgate/client';
import { type JSX, useLayoutEffect, useMemo } from 'react';
import { type EventWithDeliveries, useEvent, useEventText } from '../../api/events.ts';
import { JsonSection } from '../../deliveries/json-section.tsx';
import { OrganizationFact } from '../../deliveries/organization-fact.tsx';
import { exactMember, formatJson } from '../../format/json-text.ts';
import { TimeText } from '../../format/time-text.tsx';
import * as m from '../../texts/messages.js';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { lastAddress } from '../../ui/list-place.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Fact, Section } from '../../ui/section.tsx';
import { EmptyState, ErrorState, Loading } from '../../ui/states.tsx';
import { TextLink } from '../../ui/text-link.tsx';
import { EventDeliveries } from './event-deliveries.tsx';
import { RedeliverEvent } from './redeliver-event.tsx';

/** One event with its data and its deliveries; live until they are settled. */
export function EventDetailPage({ id }: { id: string }): JSX.Element {
  const { data, error, refetch } = useEvent(id);
  useLayoutEffect(() => {
    scrollTo(0, 0);
  }, []);
  return (
    <>
      <p className="mb-2 inline-flex items-center gap-1">
        <Icon name="back" size={16} />
        <TextLink to={lastAddress('/events')}>{m.events_back()}</TextLink>
      </p>
      {data ? <Content event={data} /> : <Pending error={error} onRetry={() => void refetch()} />}
    </>
  );
}

function Pending({ error, onRetry }: { error: unknown; onRetry: () => void }): JSX.Element {
  const isMissing = isHookgateError(error) && (error.status === 404 || error.status === 400);
  return (
    <>
      <PageHeader title={m.nav_events()} />
      {!error && <Loading />}
      {error !== null && !isMissing && <ErrorState error={error} onRetry={onRetry} />}
      {isMissing && (
        <EmptyState icon="search" title={m.events_missing()}>
          {m.events_missing_hint()}
        </EmptyState>
      )}
    </>
  );
}

function Content({ event }: { event: EventWithDeliveries }): JSX.Element {
  const { id, type, data, deliveries } = event;
  const { data: answer } = useEventText(id);
  const text = useMemo(() => exactMember(answer, 'data') ?? formatJson(data), [answer, data]);
  return (
    <>
      <PageHeader title={type}>
        <RedeliverEvent event={event} />
      </PageHeader>
      <div className="grid items-start gap-x-8 gap-y-6 xl:grid-cols-[minmax(0,1fr)_minmax(0,26rem)]">
        <Summary event={event} />
        <JsonSection title={m.events_data()} text={text} className="xl:col-start-2 xl:row-span-2 xl:row-start-1" />
        <EventDeliveries event={id} deliveries={deliveries} />
      </div>
    </>
  );
}

function Summary({ event: { id, created_at, organization } }: { event: EventWithDeliveries }): JSX.Element {
  return (
    <Section title={m.deliveries_detail_summary()}>
      <dl className="divide-y divide-line rounded-lg border border-line bg-panel px-4 py-1">
        <Fact name={m.events_created()}>
          <TimeText time={created_at} />
        </Fact>
        <OrganizationFact organization={organization} />
        <Fact name={m.events_id()}>
          <span className="flex flex-wrap items-center gap-2">
            <code className="font-mono text-sm break-all">{id}</code>
            <CopyButton text={id} />
          </span>
        </Fact>
      </dl>
    </Section>
  );
}
