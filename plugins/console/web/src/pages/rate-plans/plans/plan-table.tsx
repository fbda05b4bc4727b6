import { type JSX, useCallback, useMemo } from 'react';
import { useApi } from '../../../api/api.tsx';
import { cycleMonthsOf, type RatePlan } from '../../../api/rate-plans.ts';
import { formatPercent } from '../../../format/format.ts';
import * as m from '../../../texts/messages.js';
import { Badge } from '../../../ui/badge.tsx';
import { type Column, DataTable } from '../../../ui/data-table.tsx';
import { formatDay } from '../days.ts';
import { PackageHeading } from './package-heading.tsx';
import { PlanActions } from './plan-actions.tsx';
import type { PlanDialog } from './plan-dialogs.tsx';
import { isPackage, nameIdOf, type PlanRow, type Row } from './plan-rows.ts';

function PlanName({ plan }: { plan: RatePlan }): JSX.Element {
  return (
    <div className="min-w-0">
      <p id={nameIdOf(plan)} className="break-words">
        {plan.displayName}
      </p>
      <p className="text-sm break-all text-muted">{plan.id}</p>
    </div>
  );
}

/** "1 month, per developer", the period after which usage is counted anew. */
function TargetBasis({ plan }: { plan: RatePlan }): JSX.Element {
  const months = cycleMonthsOf(plan);
  if (months === undefined) return <span className="text-muted">{m.rate_plans_not_adjustable()}</span>;
  return <>{months === 1 ? m.rate_plans_basis_month() : m.rate_plans_basis_months({ months })}</>;
}

function Thresholds({ percentages }: Pick<PlanRow, 'percentages'>): JSX.Element {
  const [first, last] = [percentages[0], percentages.at(-1)];
  if (first === undefined || last === undefined) return <span className="text-muted">—</span>;
  return (
    <span className="whitespace-nowrap tabular-nums">
      {percentages.length <= 3
        ? percentages.map((each) => formatPercent(each / 100)).join(', ')
        : `${formatPercent(first / 100)} – ${formatPercent(last / 100)} (${percentages.length})`}
    </span>
  );
}

const ofPlan =
  (cell: (row: PlanRow) => JSX.Element): Column<Row>['cell'] =>
  (row) =>
    isPackage(row) ? null : cell(row);

const columnsOf = (onDialog: (dialog: PlanDialog) => void, mayWrite: boolean): Column<Row>[] => [
  {
    key: 'name',
    title: m.rate_plans_plan(),
    width: 'minmax(0,2fr)',
    cell: ofPlan(({ plan }) => <PlanName plan={plan} />),
  },
  { key: 'basis', title: m.rate_plans_basis(), cell: ofPlan(({ plan }) => <TargetBasis plan={plan} />) },
  {
    key: 'state',
    title: m.rate_plans_state(),
    width: '7rem',
    cell: ofPlan(({ plan }) => (
      <Badge tone={plan.published ? 'delivered' : 'neutral'}>
        {plan.published ? m.rate_plans_published() : m.rate_plans_draft()}
      </Badge>
    )),
  },
  {
    key: 'period',
    title: m.rate_plans_period(),
    width: 'minmax(0,1.1fr)',
    cell: ofPlan(({ plan: { startDate, endDate } }) => (
      <span className="tabular-nums">
        {formatDay(startDate)} – {endDate === undefined ? m.rate_plans_open() : formatDay(endDate)}
      </span>
    )),
  },
  {
    key: 'thresholds',
    title: m.rate_plans_thresholds(),
    width: 'minmax(0,0.9fr)',
    cell: ofPlan(({ percentages }) => <Thresholds percentages={percentages} />),
  },
  ...(mayWrite
    ? [
        {
          key: 'actions',
          title: m.actions(),
          hidesTitle: true,
          width: '11.5rem',
          align: 'end' as const,
          cell: ofPlan(({ plan }) => <PlanActions plan={plan} onDialog={onDialog} />),
        },
      ]
    : []),
];

/** Plans below their packages. */
export function PlanTable({
  rows,
  onDialog,
}: {
  rows: readonly Row[];
  onDialog: (dialog: PlanDialog) => void;
}): JSX.Element {
  const mayWrite = useApi().may('integration:write');
  const columns = useMemo(() => columnsOf(onDialog, mayWrite), [onDialog, mayWrite]);
  const headingOf = useCallback(
    (row: Row) => (isPackage(row) ? <PackageHeading row={row} onDialog={onDialog} /> : undefined),
    [onDialog],
  );
  return (
    <DataTable
      label={m.nav_rate_plans()}
      columns={columns}
      rows={rows}
      keyOf={(row) => (isPackage(row) ? `package ${row.entry.id}` : `plan ${row.plan.id}`)}
      headingOf={headingOf}
    />
  );
}
