import { type JSX, useMemo } from 'react';
import type { Target } from '../../api/targets.ts';
import { formatDuration, formatNumber, formatPercent } from '../../format/format.ts';
import * as m from '../../texts/messages.js';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { UpstreamList } from './upstream-list.tsx';

const states: Readonly<Record<Target['state'], { tone: Tone; text: () => string }>> = {
  up: { tone: 'delivered', text: m.targets_up },
  degraded: { tone: 'retrying', text: m.targets_degraded },
  down: { tone: 'failed', text: m.targets_down },
};

const keyOf = ({ name }: Target): string => name;
const durationOf = (milliseconds: number | null): string =>
  milliseconds === null ? '–' : formatDuration(milliseconds);

export function TargetTable({ targets }: { targets: readonly Target[] }): JSX.Element {
  const columns = useMemo<Column<Target>[]>(
    () => [
      { key: 'name', title: m.targets_name(), width: 'minmax(0,1.4fr)', cell: (target) => <Name target={target} /> },
      {
        key: 'state',
        title: m.targets_state(),
        width: '7rem',
        cell: ({ state }) => <Badge tone={states[state].tone}>{states[state].text()}</Badge>,
      },
      {
        key: 'upstreams',
        title: m.targets_upstreams(),
        width: 'minmax(0,1.6fr)',
        cell: ({ upstreams }) =>
          upstreams.length > 0 ? (
            <UpstreamList upstreams={upstreams} />
          ) : (
            <span className="text-muted">{m.targets_in_process()}</span>
          ),
      },
      {
        key: 'requests',
        title: m.targets_requests(),
        width: '6rem',
        align: 'end',
        cell: ({ requests_per_second: rate }) => <Figure>{formatNumber(rate)}</Figure>,
      },
      {
        key: 'p50',
        title: 'p50',
        width: '5rem',
        align: 'end',
        cell: ({ p50_ms: time }) => <Figure>{durationOf(time)}</Figure>,
      },
      {
        key: 'p99',
        title: 'p99',
        width: '5rem',
        align: 'end',
        cell: ({ p99_ms: time }) => <Figure>{durationOf(time)}</Figure>,
      },
      {
        key: 'errors',
        title: m.targets_errors(),
        width: '5rem',
        align: 'end',
        cell: ({ error_rate: rate }) => (
          <Figure isBad={rate !== null && rate > 0}>{rate === null ? '–' : formatPercent(rate)}</Figure>
        ),
      },
    ],
    [],
  );
  return <DataTable label={m.nav_targets()} columns={columns} rows={targets} keyOf={keyOf} total={targets.length} />;
}

function Figure({ children, isBad = false }: { children: string; isBad?: boolean }): JSX.Element {
  return <span className={isBad ? 'font-medium text-failed tabular-nums' : 'tabular-nums'}>{children}</span>;
}

function Name({ target: { name, summary, prefixes, hosts } }: { target: Target }): JSX.Element {
  const places = [...hosts, ...prefixes];
  return (
    <>
      <p className="font-medium wrap-anywhere">{name}</p>
      {summary !== null && (
        <p lang="en" className="text-sm text-muted">
          {summary}
        </p>
      )}
      {places.length > 0 && <p className="font-mono text-sm text-muted wrap-anywhere">{places.join(', ')}</p>}
    </>
  );
}
