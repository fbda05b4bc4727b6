import type { JSX, ReactNode } from 'react';

/** Actions of a row: shown while the row is under the pointer or has the focus, and always on cards and touch screens. */
export function RowActions({ children }: { children: ReactNode }): JSX.Element {
  return (
    <div className="flex max-md:has-[>[aria-label]:first-child]:-ml-2.5 flex-wrap items-center gap-0.5 [&>[aria-label]]:size-8 pointer-coarse:[&>[aria-label]]:size-10 group-focus-within:opacity-100 group-hover:opacity-100 md:justify-end md:opacity-0 pointer-coarse:opacity-100">
      {children}
    </div>
  );
}
