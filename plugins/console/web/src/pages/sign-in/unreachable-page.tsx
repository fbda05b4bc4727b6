import type { JSX } from 'react';
import * as m from '../../texts/messages.js';
import { Button } from '../../ui/button.tsx';
import { Entrance } from './entrance.tsx';

/** The gateway did not answer when the session was to be restored. */
export function UnreachablePage({ onRetry }: { error: unknown; onRetry: () => void }): JSX.Element {
  return (
    <Entrance title={m.error_unreachable()}>
      <p className="mb-4 text-muted">{m.unreachable_hint()}</p>
      <Button icon="refresh" onClick={onRetry}>
        {m.try_again()}
      </Button>
    </Entrance>
  );
}
