import { type JSX, useContext } from 'react';
import type { Distributor } from '../../api/distributors.ts';
import { useEnableDistributor } from '../../api/enable-endpoint.ts';
import { EndpointSwitch } from '../../endpoints/endpoint-switch.tsx';
import { StatisticsContext } from '../../endpoints/statistics-cells.tsx';
import { toastError } from '../../ui/toasts.tsx';

/** The switch of a distributor, named after its address. Its state comes with its statistics. */
export function DistributorState({ distributor }: { distributor: Distributor }): JSX.Element | null {
  const { id, meta, node_id: node } = distributor;
  const statistics = useContext(StatisticsContext).get(id);
  const { mutate } = useEnableDistributor(id, toastError);
  if (!statistics) return null;
  const name = meta ? meta.host + meta.path : node;
  return <EndpointSwitch name={name} enabled={statistics.enabled !== false} onChange={mutate} />;
}
