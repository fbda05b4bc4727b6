import { type JSX, useId } from 'react';
import { Link, useLocation } from 'wouter';
import * as m from '../texts/messages.js';
import { classes } from '../ui/classes.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import type { Page, PageGroup } from './routes.ts';

interface NavigationProps {
  readonly groups: readonly PageGroup[];
  /** Called when an entry is chosen, that of the page in view too. */
  readonly onChoice?: (() => void) | undefined;
}

export function Navigation({ groups, onChoice }: NavigationProps): JSX.Element {
  return (
    <nav aria-label={m.navigation()} className="flex flex-col gap-5 lg:sticky lg:top-5">
      {groups.map((group) => (
        <Group key={group.pages[0]?.path} group={group} onChoice={onChoice} />
      ))}
    </nav>
  );
}

/** The navigation of narrow screens. */
export function NavigationDialog({
  groups,
  onClose,
}: {
  groups: readonly PageGroup[];
  onClose: () => void;
}): JSX.Element {
  return (
    <Dialog title={m.navigation()} onClose={onClose}>
      <Navigation groups={groups} onChoice={onClose} />
    </Dialog>
  );
}

function Group({
  group: { title, pages },
  onChoice,
}: { group: PageGroup } & Pick<NavigationProps, 'onChoice'>): JSX.Element {
  const id = useId();
  return (
    <div>
      {title && (
        <h2 id={id} className="mb-1 px-2.5 text-sm font-medium text-muted">
          {title()}
        </h2>
      )}
      <ul aria-labelledby={title && id} className="flex flex-col gap-0.5">
        {pages.map((page) => (
          <Entry key={page.path} page={page} onChoice={onChoice} />
        ))}
      </ul>
    </div>
  );
}

function Entry({
  page: { path, title, icon },
  onChoice,
}: { page: Page } & Pick<NavigationProps, 'onChoice'>): JSX.Element {
  const [current] = useLocation();
  const isCurrent = path === '/' ? current === '/' : current === path || current.startsWith(`${path}/`);
  return (
    <li>
      <Link
        href={path}
        {...(onChoice ? { onClick: onChoice } : {})}
        aria-current={isCurrent ? 'page' : undefined}
        className={classes(
          'flex min-h-9 items-center gap-2.5 rounded-md px-2.5',
          isCurrent ? 'bg-accent-soft font-medium text-accent-strong' : 'hover:bg-hover',
        )}
      >
        <Icon name={icon} />
        {title()}
      </Link>
    </li>
  );
}
