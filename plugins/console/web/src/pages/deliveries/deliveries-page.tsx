import type { JSX } from 'react';
import { useRoute } from 'wouter';
import { DeliveryDetailPage } from './delivery-detail-page.tsx';
import { DeliveryList } from './delivery-list.tsx';

/** The list, or one delivery. */
export default function DeliveriesPage(): JSX.Element {
  const [, params] = useRoute('/deliveries/:id');
  return params?.id === undefined ? <DeliveryList /> : <DeliveryDetailPage key={params.id} id={params.id} />;
}
