import { type JSX, useMemo } from 'react';
import { useApi } from '../../api/api.tsx';
import type { Distributor } from '../../api/distributors.ts';
import { type EndpointChange, endpointColumns } from '../../endpoints/endpoint-columns.tsx';
import * as m from '../../texts/messages.js';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { DistributorState } from './distributor-state.tsx';

export type DistributorAction = 'edit' | 'test' | 'send' | 'settings' | 'secret' | 'delete';

interface DistributorTableProps {
  readonly rows: readonly Distributor[];
  readonly total: number;
  readonly onMore: (() => void) | undefined;
  readonly loadingMore: boolean;
  readonly loadsByItself: boolean;
  readonly onAction: (action: DistributorAction, distributor: Distributor) => void;
}

const changes: readonly EndpointChange<DistributorAction>[] = [
  { action: 'edit', icon: 'edit', label: m.edit },
  { action: 'test', icon: 'play', label: m.events_test },
  { action: 'send', icon: 'send', label: m.distributors_send },
  { action: 'settings', icon: 'settings', label: m.settings },
  { action: 'secret', icon: 'key', label: m.endpoint_secret },
  { action: 'delete', icon: 'trash', label: m.delete },
];

const authenticationNames: Readonly<Record<number, () => string>> = {
  1: m.distributors_authentication_basic,
  2: m.distributors_authentication_token,
};

const keyOf = ({ id }: Distributor): string => id;

export function DistributorTable(props: DistributorTableProps): JSX.Element {
  const { rows, total, onMore, loadingMore, loadsByItself, onAction } = props;
  const { may } = useApi();
  const isWritable = may('integration:write');
  const columns = useMemo<Column<Distributor>[]>(
    () => [
      {
        key: 'node',
        title: m.distributors_node(),
        width: 'minmax(0,0.8fr)',
        cell: ({ node_id: node }) => (
          <span title={node} className="line-clamp-3 font-mono text-sm break-all">
            {node}
          </span>
        ),
      },
      {
        key: 'url',
        title: m.distributors_url(),
        width: 'minmax(0,1.7fr)',
        cell: ({ meta }) =>
          meta ? <Address meta={meta} /> : <span className="text-muted">{m.distributors_no_url()}</span>,
      },
      {
        key: 'state',
        title: m.endpoint_state(),
        width: isWritable ? '3rem' : '6.5rem',
        cell: (distributor) => <DistributorState distributor={distributor} />,
      },
      ...endpointColumns(changes, isWritable, onAction),
    ],
    [isWritable, onAction],
  );
  return (
    <DataTable
      label={m.nav_distributors()}
      columns={columns}
      rows={rows}
      keyOf={keyOf}
      total={total}
      onMore={onMore}
      loadsByItself={loadsByItself}
      loadingMore={loadingMore}
    />
  );
}

function Address({ meta }: { meta: NonNullable<Distributor['meta']> }): JSX.Element {
  const { method, host, path, authentication } = meta;
  const name = authentication && authenticationNames[authentication.type];
  return (
    <>
      <span title={host + path} className="line-clamp-4 font-mono text-sm break-all md:line-clamp-3">
        <span className="text-muted">{method}</span> {host + path}
      </span>
      {name && <span className="block text-sm text-muted">{m.distributors_authentication_by({ name: name() })}</span>}
    </>
  );
}
