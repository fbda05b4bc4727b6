import type { JSX } from 'react';

export function Spinner(): JSX.Element {
  return (
    <span
      aria-hidden="true"
      className="inline-block size-4 shrink-0 motion-safe:animate-spin rounded-full border-2 border-current border-r-transparent"
    />
  );
}
