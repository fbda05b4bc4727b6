import * as m from '../texts/messages.js';
import { IconButton, IconLink } from '../ui/button.tsx';
import type { Column } from '../ui/data-table.tsx';
import type { IconName } from '../ui/icon.tsx';
import { RowActions } from '../ui/row-actions.tsx';
import { LastDelivery, SuccessRate } from './statistics-cells.tsx';

/** A change that a row offers to sessions that may write. */
export interface EndpointChange<Action extends string> {
  readonly action: Action;
  readonly icon: IconName;
  readonly label: () => string;
}

/** The columns at the end of a table of endpoints: statistics of the last day, changes, and the way to the deliveries. */
export function endpointColumns<Row extends { readonly id: string }, Action extends string>(
  changes: readonly EndpointChange<Action>[],
  isWritable: boolean,
  onAction: (action: Action, row: Row) => void,
): Column<Row>[] {
  return [
    {
      key: 'success-rate',
      title: m.endpoint_success_rate(),
      width: '5.75rem',
      align: 'end',
      cell: ({ id }) => <SuccessRate id={id} />,
    },
    {
      key: 'last-delivery',
      title: m.endpoint_last_delivery(),
      width: '7.25rem',
      cell: ({ id }) => <LastDelivery id={id} />,
    },
    {
      key: 'actions',
      title: m.actions(),
      hidesTitle: true,
      align: 'end',
      // Buttons of 2 rem with a gap of 2 px, and the link.
      width: `${2 + (isWritable ? changes.length * 2.125 : 0)}rem`,
      cell: (row) => (
        <RowActions>
          {isWritable &&
            changes.map(({ action, icon, label }) => (
              <IconButton key={action} icon={icon} label={label()} onClick={() => onAction(action, row)} />
            ))}
          <IconLink icon="bell" label={m.nav_deliveries()} to={`/deliveries?endpoint=${row.id}`} />
        </RowActions>
      ),
    },
  ];
}
