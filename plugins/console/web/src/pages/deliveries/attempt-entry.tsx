import type { Attempt } from 'hookgate/client';
import { type JSX, useId, useState } from 'react';
import { parseDecision } from '../../deliveries/decision.ts';
import { attemptReason } from '../../deliveries/reason-words.ts';
import { formatDuration } from '../../format/format.ts';
import { TimeText } from '../../format/time-text.tsx';
import * as m from '../../texts/messages.js';
import { classes } from '../../ui/classes.ts';
import { Icon } from '../../ui/icon.tsx';
import { AttemptDetails } from './attempt-details.tsx';

/** One attempt: its result in a line, and the record below. */
export function AttemptEntry({ attempt, isNewest }: { attempt: Attempt; isNewest: boolean }): JSX.Element {
  const { number, status, started_at, duration_ms } = attempt;
  const [isOpen, setOpen] = useState(isNewest);
  const id = useId();
  return (
    <li className="relative pb-4 pl-7 before:absolute before:top-5 before:bottom-0 before:left-2 before:w-px before:bg-line last:pb-0 last:before:hidden">
      <span
        aria-hidden="true"
        className={classes('absolute top-3.5 left-0.5 size-3.5 rounded-full border-2 border-page', dotOf(attempt))}
      />
      <div className="rounded-lg border border-line bg-panel">
        <h3>
          <button
            type="button"
            aria-expanded={isOpen}
            aria-controls={id}
            onClick={() => setOpen(!isOpen)}
            className="relative flex w-full flex-wrap items-center gap-x-3 gap-y-0.5 rounded-lg py-2 pr-10 pl-3 text-left hover:bg-hover"
          >
            <span className="font-medium">{m.deliveries_detail_attempt({ number })}</span>
            <span className={classes('font-medium tabular-nums', textOf(attempt))}>
              {status === null ? m.deliveries_detail_no_answer() : m.deliveries_http_status({ status })}
            </span>
            {duration_ms !== null && <span className="text-muted tabular-nums">{formatDuration(duration_ms)}</span>}
            <span className="text-muted sm:ml-auto">
              <TimeText time={started_at} short />
            </span>
            <span className={classes('absolute top-3 right-3 text-muted', isOpen && 'rotate-180')}>
              <Icon name="down" size={16} />
            </span>
            <span className="w-full text-sm">{attemptReason(attempt)}</span>
          </button>
        </h3>
        <div id={id} hidden={!isOpen}>
          {isOpen && <AttemptDetails attempt={attempt} />}
        </div>
      </div>
    </li>
  );
}

type Fate = 'delivered' | 'retrying' | 'failed' | 'neutral';

function fateOf({ status, decision }: Attempt): Fate {
  const kind = parseDecision(decision)?.kind;
  if (kind === 'delivered') return 'delivered';
  if (kind === 'retry' || kind === 'repeated') return 'retrying';
  if (kind === 'failed' || kind === 'crash_loop') return 'failed';
  return status !== null && status >= 200 && status < 300 ? 'delivered' : 'neutral';
}

const dots: Readonly<Record<Fate, string>> = {
  delivered: 'bg-delivered-fill',
  retrying: 'bg-retrying-fill',
  failed: 'bg-failed-fill',
  neutral: 'bg-control',
};
const texts: Readonly<Record<Fate, string>> = {
  delivered: 'text-delivered',
  retrying: 'text-retrying',
  failed: 'text-failed',
  neutral: 'text-muted',
};
const dotOf = (attempt: Attempt): string => dots[fateOf(attempt)];
const textOf = (attempt: Attempt): string => texts[fateOf(attempt)];
