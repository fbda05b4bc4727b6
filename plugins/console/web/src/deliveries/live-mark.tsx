import type { JSX } from 'react';
import * as m from '../texts/messages.js';
import { classes } from '../ui/classes.ts';

/** Says whether a list is up to date. */
export function LiveMark({ isInterrupted }: { isInterrupted: boolean }): JSX.Element {
  return (
    <p role="status" className="mr-2 inline-flex items-center gap-2 text-sm text-muted">
      <span
        aria-hidden="true"
        className={classes('size-2 rounded-full', isInterrupted ? 'bg-retrying-fill' : 'bg-delivered-fill')}
      />
      {isInterrupted ? m.deliveries_live_paused() : m.deliveries_live()}
    </p>
  );
}
