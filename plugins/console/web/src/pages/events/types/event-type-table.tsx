import { type JSX, useMemo } from 'react';
import { useApi } from '../../../api/api.tsx';
import type { EventType } from '../../../api/event-type.ts';
import { TimeText } from '../../../format/time-text.tsx';
import * as m from '../../../texts/messages.js';
import { Badge } from '../../../ui/badge.tsx';
import { IconButton, IconLink } from '../../../ui/button.tsx';
import { type Column, DataTable } from '../../../ui/data-table.tsx';
import type { IconName } from '../../../ui/icon.tsx';
import { RowActions } from '../../../ui/row-actions.tsx';

export type TypeAction = 'edit' | 'send' | 'delete';

interface EventTypeTableProps {
  readonly rows: readonly EventType[];
  readonly onMore: (() => void) | undefined;
  readonly loadingMore: boolean;
  readonly loadsByItself: boolean;
  readonly onAction: (action: TypeAction, type: EventType) => void;
}

const changes: readonly { readonly action: TypeAction; readonly icon: IconName; readonly label: () => string }[] = [
  { action: 'edit', icon: 'edit', label: m.edit },
  { action: 'send', icon: 'send', label: m.event_types_send },
  { action: 'delete', icon: 'trash', label: m.delete },
];

const keyOf = ({ name }: EventType): string => name;

export function EventTypeTable({ rows, onAction, ...more }: EventTypeTableProps): JSX.Element {
  const { may } = useApi();
  const isWritable = may('integration:write');
  const columns = useMemo<Column<EventType>[]>(
    () => [
      {
        key: 'name',
        title: m.event_types_name(),
        cell: ({ name }) => (
          <span title={name} className="line-clamp-3 font-medium wrap-anywhere">
            {name}
          </span>
        ),
      },
      {
        key: 'description',
        title: m.event_types_description(),
        width: 'minmax(0,1.6fr)',
        cell: ({ description }) => (
          <span title={description ?? undefined} className="line-clamp-3 wrap-anywhere">
            {description ?? <span className="text-muted">–</span>}
          </span>
        ),
      },
      {
        key: 'parts',
        title: m.event_types_parts(),
        width: '9.5rem',
        cell: (type) => <Parts type={type} />,
      },
      {
        key: 'updated',
        title: m.event_types_updated(),
        width: '8rem',
        cell: ({ updated_at: time }) => <TimeText time={time} relative />,
      },
      {
        key: 'actions',
        title: m.actions(),
        hidesTitle: true,
        align: 'end',
        width: isWritable ? '8.5rem' : '2rem',
        cell: (type) => (
          <RowActions>
            {isWritable &&
              changes.map(({ action, icon, label }) => (
                <IconButton key={action} icon={icon} label={label()} onClick={() => onAction(action, type)} />
              ))}
            <IconLink icon="bell" label={m.nav_events()} to={`/events?type=${encodeURIComponent(type.name)}`} />
          </RowActions>
        ),
      },
    ],
    [isWritable, onAction],
  );
  return <DataTable label={m.event_types()} columns={columns} rows={rows} keyOf={keyOf} {...more} />;
}

function Parts({ type: { example, schema } }: { type: EventType }): JSX.Element {
  if (!example && !schema) return <span className="text-muted">–</span>;
  return (
    <span className="flex flex-wrap gap-1">
      {example && <Badge>{m.event_types_has_example()}</Badge>}
      {schema && <Badge>{m.event_types_has_schema()}</Badge>}
    </span>
  );
}
