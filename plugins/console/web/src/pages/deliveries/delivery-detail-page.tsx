import type { DeliveryWithAttempts } from 'hookgate/client';
import { isHookgateError } from 'hookgate/client';
import { type JSX, useLayoutEffect } from 'react';
import { useDelivery } from '../../api/deliveries.ts';
import * as m from '../../texts/messages.js';
import { Icon } from '../../ui/icon.tsx';
import { lastAddress } from '../../ui/list-place.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { EmptyState, ErrorState, Loading } from '../../ui/states.tsx';
import { TextLink } from '../../ui/text-link.tsx';
import { AttemptList } from './attempt-list.tsx';
import { DeliveryActions } from './delivery-actions.tsx';
import { DeliverySummary } from './delivery-summary.tsx';
import { PayloadView } from './payload-view.tsx';

/** One delivery with its payload and attempts; live until it is settled. */
export function DeliveryDetailPage({ id }: { id: string }): JSX.Element {
  const { data, error, refetch } = useDelivery(id);
  useLayoutEffect(() => {
    scrollTo(0, 0);
  }, []);
  return (
    <>
      <p className="mb-2 inline-flex items-center gap-1">
        <Icon name="back" size={16} />
        <TextLink to={lastAddress('/deliveries')}>{m.deliveries_detail_back()}</TextLink>
      </p>
      {data ? <Content delivery={data} /> : <Pending error={error} onRetry={() => void refetch()} />}
    </>
  );
}

function Pending({ error, onRetry }: { error: unknown; onRetry: () => void }): JSX.Element {
  const isMissing = isHookgateError(error) && (error.status === 404 || error.status === 400);
  return (
    <>
      <PageHeader title={m.nav_deliveries()} />
      {!error && <Loading />}
      {error !== null && !isMissing && <ErrorState error={error} onRetry={onRetry} />}
      {isMissing && (
        <EmptyState icon="search" title={m.deliveries_detail_missing()}>
          {m.deliveries_detail_missing_hint()}
        </EmptyState>
      )}
    </>
  );
}

function Content({ delivery }: { delivery: DeliveryWithAttempts }): JSX.Element {
  return (
    <>
      <PageHeader title={delivery.type}>
        <DeliveryActions delivery={delivery} />
      </PageHeader>
      <div className="grid items-start gap-x-8 gap-y-6 xl:grid-cols-[minmax(0,1fr)_minmax(0,26rem)]">
        <DeliverySummary delivery={delivery} />
        <PayloadView delivery={delivery} />
        <AttemptList attempts={delivery.attempts} />
      </div>
    </>
  );
}
