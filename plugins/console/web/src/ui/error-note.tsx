import type { JSX } from 'react';
import { describeError } from '../api/describe-error.ts';
import * as m from '../texts/messages.js';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

/** An error inside a form or dialog, which keep what was typed, or above data that could not be refreshed. */
export function ErrorNote({ error, onRetry }: { error: unknown; onRetry?: () => void }): JSX.Element {
  const { title, detail, detailLanguage, requestId } = describeError(error);
  return (
    <div role="alert" className="mt-3 flex gap-2 rounded-md bg-failed-soft px-3 py-2 text-failed">
      <span className="pt-0.5">
        <Icon name="warning" />
      </span>
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        {detail !== undefined && <p lang={detailLanguage}>{detail}</p>}
        {requestId !== undefined && <p className="text-sm">{m.request_id({ id: requestId })}</p>}
      </div>
      {onRetry && (
        <Button look="quiet" icon="refresh" className="-my-1 text-failed" onClick={onRetry}>
          {m.try_again()}
        </Button>
      )}
    </div>
  );
}
