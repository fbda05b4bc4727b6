import { type JSX, Suspense } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { ApiProvider, allOrganizations } from '../api/api.tsx';
import type { Session } from '../session/session.ts';
import * as m from '../texts/messages.js';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loading } from '../ui/states.tsx';
import { TextLink } from '../ui/text-link.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import type { PageGroup } from './routes.ts';

interface PagesProps {
  readonly groups: readonly PageGroup[];
  readonly session: Session;
  /** Empty: none is chosen. */
  readonly organization: string;
  readonly onOrganization: (name: string) => void;
}

/** The page of the address. */
export function Pages({ groups, session, organization, onOrganization }: PagesProps): JSX.Element {
  const [path] = useLocation();
  const pages = groups.flatMap((group) => group.pages);
  const [first] = pages;
  if (!first) return <PageHeader title={m.no_page()} lead={m.no_page_hint()} />;
  if (organization === '') return <PageHeader title={m.organization_missing()} lead={m.organization_missing_hint()} />;
  return (
    <ApiProvider organization={organization} onOrganization={onOrganization} session={session}>
      <ErrorBoundary key={`${organization} ${path.split('/')[1]}`}>
        <Suspense fallback={<Loading />}>
          <Switch>
            {pages.map(({ path: place, title, component: Page, acrossOrganizations = false }) => (
              <Route key={place} path={place === '/' ? '/' : `${place}/*?`}>
                {organization === allOrganizations && !acrossOrganizations ? <OneAtATime title={title()} /> : <Page />}
              </Route>
            ))}
            <Route path="/">
              <Redirect to={first.path} replace />
            </Route>
            <Route>
              <PageHeader title={m.page_missing()} lead={<TextLink to={first.path}>{first.title()}</TextLink>} />
            </Route>
          </Switch>
        </Suspense>
      </ErrorBoundary>
    </ApiProvider>
  );
}

/** In the place of a page that cannot show all organizations. */
function OneAtATime({ title }: { title: string }): JSX.Element {
  return (
    <>
      <PageHeader title={title} />
      <EmptyState icon="filter" title={m.organization_one()}>
        <p>{m.organization_one_hint()}</p>
        <p className="flex gap-4">
          <TextLink to="/deliveries">{m.nav_deliveries()}</TextLink>
          <TextLink to="/events">{m.nav_events()}</TextLink>
        </p>
      </EmptyState>
    </>
  );
}
