import type { JSX } from 'react';
import { formatClock } from '../format/clock.ts';
import { formatDistance, formatTime } from '../format/format.ts';
import { useNow } from '../format/now.ts';
import * as m from '../texts/messages.js';

/** The time until then, counting down. */
export function Countdown({ time }: { time: string }): JSX.Element {
  const left = Date.parse(time) - useNow();
  return (
    <time dateTime={time} title={formatTime(time)} className="whitespace-nowrap tabular-nums">
      {left <= 0 ? m.deliveries_due_now() : (formatClock(left) ?? formatDistance(time))}
    </time>
  );
}
