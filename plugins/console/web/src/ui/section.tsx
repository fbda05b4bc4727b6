import { type JSX, type ReactNode, useId } from 'react';

/** A part of the page with its heading. */
export function Section({
  title,
  aside,
  className,
  children,
}: {
  title: string;
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}): JSX.Element {
  const id = useId();
  return (
    <section aria-labelledby={id} className={className}>
      <div className="mb-2 flex min-h-9 flex-wrap items-center justify-between gap-2">
        <h2 id={id} className="text-lg font-semibold">
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** A name and its value. */
export function Fact({ name, children }: { name: string; children: ReactNode }): JSX.Element {
  return (
    <div className="grid gap-x-4 gap-y-0.5 py-2 sm:grid-cols-[9rem_minmax(0,1fr)]">
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  );
}

/** Text from outside, as it is; long text scrolls. */
export function TextBlock({ label, text }: { label: string; text: string }): JSX.Element {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard has to reach a scrolling part
      tabIndex={0}
      aria-label={label}
      className="max-h-96 overflow-auto rounded-md border border-line bg-sunken px-3 py-2"
    >
      <pre className="font-mono text-sm break-all whitespace-pre-wrap">{text}</pre>
    </div>
  );
}
