import type { JSX } from 'react';
import { Link, useLocation } from 'wouter';
import { classes } from './classes.ts';

/** Links between the parts of a page. A part is current below its address too, unless another one fits better. */
export function Tabs({
  label,
  parts,
}: {
  label: string;
  parts: readonly { readonly path: string; readonly title: string }[];
}): JSX.Element {
  const [address] = useLocation();
  const current = parts
    .filter(({ path }) => address === path || address.startsWith(`${path}/`))
    .reduce((best, { path }) => (path.length > best.length ? path : best), '');
  return (
    <nav aria-label={label} className="mb-5 border-b border-line">
      <ul className="-mb-px flex gap-x-3 overflow-x-auto max-sm:text-sm sm:gap-x-5">
        {parts.map(({ path, title }) => (
          <li key={path}>
            <Link
              href={path}
              aria-current={path === current ? 'page' : undefined}
              className={classes(
                'inline-flex min-h-10 items-center border-b-2 whitespace-nowrap -outline-offset-2',
                path === current
                  ? 'border-accent font-medium text-accent-strong'
                  : 'border-transparent text-muted hover:text-ink',
              )}
            >
              {title}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
