import type { JSX } from 'react';
import type { Target } from '../../api/targets.ts';
import { formatNumber } from '../../format/format.ts';
import * as m from '../../texts/messages.js';

type Upstream = Target['upstreams'][number];

const breakers: Readonly<Record<Upstream['breaker'], () => string>> = {
  closed: m.targets_breaker_closed,
  half_open: m.targets_breaker_half_open,
  open: m.targets_breaker_open,
};

/** The backends of a target, each with its health in words. */
export function UpstreamList({ upstreams }: { upstreams: readonly Upstream[] }): JSX.Element {
  return (
    <ul className="flex flex-col gap-1">
      {upstreams.map(({ origin, state, breaker, in_flight: inFlight }) => {
        const isWell = state === 'up' && breaker === 'closed';
        return (
          <li key={origin}>
            <p className="font-mono text-sm wrap-anywhere">{origin}</p>
            <p className={isWell ? 'text-sm text-muted' : 'text-sm font-medium text-failed'}>
              {state === 'up' ? m.targets_up() : m.targets_down()} · {breakers[breaker]()} ·{' '}
              {m.targets_in_flight({ text: formatNumber(inFlight) })}
            </p>
          </li>
        );
      })}
    </ul>
  );
}
