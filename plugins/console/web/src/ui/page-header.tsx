import { type JSX, type ReactNode, useEffect } from 'react';
import { Breakable } from './breakable.tsx';

/** The heading of a page, with its actions; also the document's title. */
export function PageHeader({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: ReactNode;
  children?: ReactNode;
}): JSX.Element {
  useEffect(() => {
    document.title = `${title} · hookgate`;
  }, [title]);
  return (
    <header className="mb-5 flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
      <div className="min-w-0">
        <h1 className="text-xl font-semibold wrap-anywhere sm:text-2xl" tabIndex={-1}>
          <Breakable text={title} />
        </h1>
        {lead !== undefined && <p className="mt-0.5 max-w-prose text-muted">{lead}</p>}
      </div>
      {children !== undefined && <div className="flex flex-wrap items-center gap-2">{children}</div>}
    </header>
  );
}
