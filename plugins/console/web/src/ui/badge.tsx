import type { JSX, ReactNode } from 'react';
import { classes } from './classes.ts';

export type Tone = 'neutral' | 'delivered' | 'retrying' | 'failed' | 'held';

const tones: Readonly<Record<Tone, string>> = {
  neutral: 'bg-sunken text-ink',
  delivered: 'bg-delivered-soft text-delivered',
  retrying: 'bg-retrying-soft text-retrying',
  failed: 'bg-failed-soft text-failed',
  held: 'bg-held-soft text-held',
};

/** A state in a word. */
export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }): JSX.Element {
  return (
    <span
      className={classes(
        'inline-flex items-center rounded-full px-2 py-0.5 text-sm font-medium whitespace-nowrap',
        tones[tone],
      )}
    >
      {children}
    </span>
  );
}
