import { type JSX, useMemo } from 'react';
import { useApi } from '../../api/api.tsx';
import type { Webhook } from '../../api/webhooks.ts';
import { type EndpointChange, endpointColumns } from '../../endpoints/endpoint-columns.tsx';
import * as m from '../../texts/messages.js';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { WebhookState } from './webhook-state.tsx';

export type WebhookAction = 'edit' | 'test' | 'settings' | 'secret' | 'delete';

interface WebhookTableProps {
  readonly rows: readonly (Webhook | undefined)[];
  readonly total: number;
  readonly onRange: (first: number, last: number) => void;
  readonly onAction: (action: WebhookAction, webhook: Webhook) => void;
}

const changes: readonly EndpointChange<WebhookAction>[] = [
  { action: 'edit', icon: 'edit', label: m.edit },
  { action: 'test', icon: 'send', label: m.webhooks_test },
  { action: 'settings', icon: 'settings', label: m.settings },
  { action: 'secret', icon: 'key', label: m.endpoint_secret },
  { action: 'delete', icon: 'trash', label: m.delete },
];

const keyOf = ({ id }: Webhook): string => id;

export function WebhookTable({ rows, total, onRange, onAction }: WebhookTableProps): JSX.Element {
  const { may } = useApi();
  const isWritable = may('integration:write');
  const columns = useMemo<Column<Webhook>[]>(
    () => [
      {
        key: 'name',
        title: m.webhooks_name(),
        cell: ({ name }) => (
          <span title={name} className="line-clamp-2 font-medium wrap-anywhere">
            {name}
          </span>
        ),
      },
      {
        key: 'url',
        title: m.webhooks_url(),
        width: 'minmax(0,1.6fr)',
        cell: ({ postUrl }) => (
          <span title={postUrl} className="line-clamp-3 font-mono text-sm wrap-anywhere md:line-clamp-2">
            {postUrl}
          </span>
        ),
      },
      {
        key: 'state',
        title: m.endpoint_state(),
        width: isWritable ? '3rem' : '6.5rem',
        cell: (webhook) => <WebhookState webhook={webhook} />,
      },
      ...endpointColumns(changes, isWritable, onAction),
    ],
    [isWritable, onAction],
  );
  return (
    <DataTable label={m.nav_webhooks()} columns={columns} rows={rows} keyOf={keyOf} total={total} onRange={onRange} />
  );
}
