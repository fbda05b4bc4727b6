import type { JSX } from 'react';
import { useDeliveryFeed } from '../../api/deliveries.ts';
import { FeedRows } from '../../deliveries/feed-rows.tsx';
import { LiveMark } from '../../deliveries/live-mark.tsx';
import * as m from '../../texts/messages.js';
import { useListPlace } from '../../ui/list-place.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { TextLink } from '../../ui/text-link.tsx';
import { DeliveryTable } from './delivery-table.tsx';
import { FilterBar } from './filter-bar.tsx';
import { useRedeliverAll } from './redeliver-all.tsx';
import { useDeliveryFilter } from './use-delivery-filter.ts';

export function DeliveryList(): JSX.Element {
  const { filter, change, clear } = useDeliveryFilter();
  const feed = useDeliveryFeed(filter);
  const { button, panel } = useRedeliverAll(filter);
  useListPlace('/deliveries');
  return (
    <>
      <PageHeader title={m.nav_deliveries()} lead={m.deliveries_lead()}>
        <LiveMark isInterrupted={feed.isInterrupted} />
        {button}
      </PageHeader>
      <FilterBar filter={filter} onChange={change} onClear={clear} />
      {panel}
      <FeedRows
        feed={feed}
        table={(rows) => <DeliveryTable feed={feed} rows={rows} />}
        empty={<Empty />}
        isFiltered={Object.keys(filter).length > 0}
        onClear={clear}
        noneFound={m.deliveries_empty_filtered()}
        newText={m.deliveries_new}
      />
    </>
  );
}

function Empty(): JSX.Element {
  return (
    <EmptyState icon="bell" title={m.deliveries_empty()}>
      <p>{m.deliveries_empty_hint()}</p>
      <p className="flex gap-4">
        <TextLink to="/webhooks">{m.nav_webhooks()}</TextLink>
        <TextLink to="/distributors">{m.nav_distributors()}</TextLink>
      </p>
    </EmptyState>
  );
}
