import { type JSX, useMemo } from 'react';
import { useApi } from '../../../api/api.tsx';
import type { Developer } from '../../../api/developers.ts';
import * as m from '../../../texts/messages.js';
import { Button, IconButton } from '../../../ui/button.tsx';
import { type Column, DataTable } from '../../../ui/data-table.tsx';
import { RowActions } from '../../../ui/row-actions.tsx';
import { TextLink } from '../../../ui/text-link.tsx';
import { paths } from '../paths.ts';
import type { DeveloperDialog } from './developer-dialogs.tsx';
import { PlanNamesContext, usePlanNames } from './plan-names.ts';
import { SubscriptionSummary } from './subscription-summary.tsx';

interface DeveloperTableProps {
  readonly developers: readonly Developer[];
  readonly total?: number;
  readonly onDialog: (dialog: DeveloperDialog) => void;
  readonly onMore: (() => void) | undefined;
  readonly loadingMore: boolean;
  readonly loadsByItself: boolean;
}

const idOf = ({ email }: Developer): string => `developer-${email}`;

export function DeveloperTable({ developers, onDialog, ...paging }: DeveloperTableProps): JSX.Element {
  const mayWrite = useApi().may('integration:write');
  const columns = useMemo(() => columnsOf(onDialog, mayWrite), [onDialog, mayWrite]);
  return (
    <PlanNamesContext value={usePlanNames()}>
      <DataTable
        label={m.rate_plans_developers()}
        columns={columns}
        rows={developers}
        keyOf={({ email }) => email}
        {...paging}
      />
    </PlanNamesContext>
  );
}

const columnsOf = (onDialog: (dialog: DeveloperDialog) => void, mayWrite: boolean): Column<Developer>[] => [
  {
    key: 'developer',
    title: m.rate_plans_developer_column(),
    width: 'minmax(0,1.3fr)',
    cell: (developer) => (
      <div id={idOf(developer)} className="min-w-0">
        <p className="wrap-anywhere">
          <TextLink to={paths.developer(developer.email)}>{developer.email}</TextLink>
        </p>
        <p className="text-sm break-words text-muted">
          {developer.firstName} {developer.lastName}
        </p>
      </div>
    ),
  },
  {
    key: 'company',
    title: m.rate_plans_company(),
    width: 'minmax(0,0.8fr)',
    cell: ({ companyName }) =>
      companyName === '' ? <span className="text-muted">—</span> : <span className="break-words">{companyName}</span>,
  },
  {
    key: 'subscriptions',
    title: m.rate_plans_subscriptions(),
    width: 'minmax(0,1.6fr)',
    cell: ({ email }) => <SubscriptionSummary email={email} />,
  },
  ...(mayWrite
    ? [
        {
          key: 'actions',
          title: m.actions(),
          hidesTitle: true,
          width: '14rem',
          align: 'end' as const,
          cell: (developer: Developer) => <DeveloperActions developer={developer} onDialog={onDialog} />,
        },
      ]
    : []),
];

function DeveloperActions({
  developer,
  onDialog,
}: {
  developer: Developer;
  onDialog: (dialog: DeveloperDialog) => void;
}): JSX.Element {
  const described = { 'aria-describedby': idOf(developer) };
  return (
    <RowActions>
      <Button {...described} onClick={() => onDialog({ kind: 'new-subscription', email: developer.email })}>
        {m.rate_plans_add_subscription()}
      </Button>
      <IconButton icon="edit" label={m.edit()} {...described} onClick={() => onDialog({ kind: 'edit', developer })} />
      <IconButton
        icon="trash"
        label={m.delete()}
        {...described}
        onClick={() => onDialog({ kind: 'delete', developer })}
      />
    </RowActions>
  );
}
