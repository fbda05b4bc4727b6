import type { JSX } from 'react';
import { formatNumber } from '../../format/format.ts';
import * as m from '../../texts/messages.js';
import { type Phase, type PhaseName, phasesOf } from './phases.ts';

const names: Readonly<Record<PhaseName, () => string>> = {
  dns: m.deliveries_detail_phase_dns,
  connect: m.deliveries_detail_phase_connect,
  tls: m.deliveries_detail_phase_tls,
  first_byte: m.deliveries_detail_phase_first_byte,
  rest: m.deliveries_detail_phase_rest,
};

const milliseconds = (value: number): string => `${formatNumber(value)} ms`;

/** How long each phase of an attempt took, one after the other. */
export function PhaseBars({ phases: given }: { phases: Readonly<Record<string, unknown>> | null }): JSX.Element {
  const known = phasesOf(given);
  if (!known) return <p className="text-sm text-muted">{m.deliveries_detail_phases_none()}</p>;
  return (
    <dl aria-label={m.deliveries_detail_phases()} className="flex max-w-xl flex-col gap-1 text-sm">
      {known.phases.map((phase) => (
        <Bar key={phase.name} phase={phase} />
      ))}
      <div className="grid grid-cols-[6rem_minmax(0,1fr)_5rem] gap-x-3 font-medium">
        <dt className="col-span-2">{m.deliveries_detail_phase_total()}</dt>
        <dd className="text-right tabular-nums">{milliseconds(known.total)}</dd>
      </div>
    </dl>
  );
}

function Bar({ phase: { name, milliseconds: time, start, length } }: { phase: Phase }): JSX.Element {
  return (
    <div className="grid grid-cols-[6rem_minmax(0,1fr)_5rem] items-center gap-x-3">
      <dt className="text-muted">{names[name]()}</dt>
      <dd className="contents">
        <span aria-hidden="true" className="relative h-2 rounded-full bg-sunken">
          <span
            className="absolute inset-y-0 min-w-0.5 rounded-full bg-accent"
            style={{ left: `${start * 100}%`, width: `${length * 100}%` }}
          />
        </span>
        <span className="text-right tabular-nums">{milliseconds(time)}</span>
      </dd>
    </div>
  );
}
