import type { JSX, ReactNode } from 'react';
import { Link } from 'wouter';

/** A link to a page of the console. */
export function TextLink({ to, children }: { to: string; children: ReactNode }): JSX.Element {
  return (
    <Link
      href={to}
      className="rounded-sm text-accent underline decoration-1 underline-offset-2 hover:text-accent-strong"
    >
      {children}
    </Link>
  );
}
