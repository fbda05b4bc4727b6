import type { JSX } from 'react';
import { classes } from './classes.ts';

interface ProgressBarProps {
  /** Name for screen readers. */
  readonly label: string;
  /** 0 to 1; undefined: it is not known how much is left. */
  readonly ratio: number | undefined;
  /** The progress in words. */
  readonly text: string;
}

/** How far a job has come. */
export function ProgressBar({ label, ratio, text }: ProgressBarProps): JSX.Element {
  const percent = ratio === undefined ? undefined : Math.round(Math.min(Math.max(ratio, 0), 1) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={text}
      className="h-2 overflow-hidden rounded-full bg-sunken"
    >
      <div
        className={classes(
          'h-full rounded-full bg-accent',
          percent === undefined ? 'w-1/3 motion-safe:animate-pulse' : 'motion-safe:transition-[width]',
        )}
        style={percent === undefined ? {} : { width: `${percent}%` }}
      />
    </div>
  );
}
