import { type JSX, useSyncExternalStore } from 'react';
import * as m from '../texts/messages.js';
import { Icon } from '../ui/icon.tsx';

function subscribe(listener: () => void): () => void {
  addEventListener('online', listener);
  addEventListener('offline', listener);
  return () => {
    removeEventListener('online', listener);
    removeEventListener('offline', listener);
  };
}

/** Says that the browser has no network; the pages keep their last data. */
export function OfflineBar(): JSX.Element {
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine);
  return (
    <div role="status">
      {!isOnline && (
        <p className="flex items-center justify-center gap-2 bg-retrying-soft px-4 py-2 text-retrying">
          <Icon name="offline" />
          {m.offline()}
        </p>
      )}
    </div>
  );
}
