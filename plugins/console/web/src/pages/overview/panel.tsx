import { type JSX, type ReactNode, useId } from 'react';

/** A part of the page with its heading. */
export function Panel({ title, children }: { title: string; children: ReactNode }): JSX.Element {
  const id = useId();
  return (
    <section aria-labelledby={id} className="min-w-0 rounded-lg border border-line bg-panel">
      <h2 id={id} className="border-b border-line px-4 py-2.5 font-semibold">
        {title}
      </h2>
      <div className="p-4">{children}</div>
    </section>
  );
}

/** A sentence in place of data. */
export function Quiet({ children }: { children: ReactNode }): JSX.Element {
  return <p className="py-6 text-center text-muted">{children}</p>;
}
