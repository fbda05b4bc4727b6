import type { JSX, ReactNode } from 'react';
import { describeError } from '../api/describe-error.ts';
import * as m from '../texts/messages.js';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';

/** The place of a list without entries: a sentence, and the way to the first entry. */
export function EmptyState({
  icon,
  title,
  children,
}: {
  icon: IconName;
  title: string;
  children?: ReactNode;
}): JSX.Element {
  return (
    <div className="flex flex-col items-center gap-2 rounded-lg border border-dashed border-line px-4 py-12 text-center">
      <span className="text-muted">
        <Icon name={icon} size={28} />
      </span>
      <p className="font-medium">{title}</p>
      {children !== undefined && (
        <div className="flex max-w-prose flex-col items-center gap-3 text-muted">{children}</div>
      )}
    </div>
  );
}

/** The place of data that could not be loaded: the reason, and another try. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }): JSX.Element {
  const { title, detail, detailLanguage, requestId } = describeError(error);
  return (
    <div
      role="alert"
      className="flex flex-col items-center gap-2 rounded-lg border border-line bg-panel px-4 py-10 text-center"
    >
      <span className="text-failed">
        <Icon name="warning" size={28} />
      </span>
      <p className="font-medium">{title}</p>
      {detail !== undefined && (
        <p lang={detailLanguage} className="max-w-prose text-muted">
          {detail}
        </p>
      )}
      {requestId !== undefined && <p className="text-sm text-muted">{m.request_id({ id: requestId })}</p>}
      {onRetry && (
        <Button icon="refresh" onClick={onRetry}>
          {m.try_again()}
        </Button>
      )}
    </div>
  );
}

/** Grey bars while data is loading; `label` tells screen readers. */
export function Loading({ rows = 5, label = m.loading() }: { rows?: number; label?: string }): JSX.Element {
  return (
    <div role="status" aria-label={label} className="flex flex-col gap-2">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars have no other identity
        <div key={row} className="h-11 motion-safe:animate-pulse rounded-md bg-sunken" />
      ))}
    </div>
  );
}
