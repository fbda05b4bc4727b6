import type { JSX } from 'react';
import { formatDistance, formatShortTime, formatTime } from './format.ts';
import { useTextOfNow } from './now.ts';

/** A time in the reader's zone. `relative`: as a distance from now, `short`: without the year; with the time itself on hover. */
export function TimeText({
  time,
  relative = false,
  short = false,
}: {
  time: string | number;
  relative?: boolean;
  short?: boolean;
}): JSX.Element {
  const exact = formatTime(time);
  return (
    <time
      dateTime={new Date(time).toISOString()}
      title={relative || short ? exact : undefined}
      className="whitespace-nowrap tabular-nums"
    >
      {relative ? <Distance time={time} /> : short ? formatShortTime(time) : exact}
    </time>
  );
}

/** How long ago a time is, up to date. */
export function Distance({ time }: { time: string | number }): string {
  return useTextOfNow((now) => formatDistance(time, now));
}
