import type { Session } from '../session/session.ts';
import * as m from '../texts/messages.js';
import type { IconName } from '../ui/icon.tsx';
import { type LazyPage, lazyPage } from './lazy-page.ts';

export interface Page extends LazyPage {
  /** Below `/console`. */
  readonly path: string;
  readonly title: () => string;
  readonly icon: IconName;
  /** Only for sessions with this scope. */
  readonly scope: 'integration:read' | 'gateway:admin';
  /** Reads across all organizations as well, or is about none. Others show one at a time. */
  readonly acrossOrganizations?: true;
  /** Not for customers who came by a portal link. */
  readonly ownTeam?: true;
}

export interface PageGroup {
  readonly title?: () => string;
  readonly pages: readonly Page[];
}

/** The navigation, from top to bottom. */
export const pageGroups: readonly PageGroup[] = [
  {
    pages: [
      {
        path: '/',
        title: m.nav_overview,
        icon: 'chart',
        scope: 'integration:read',
        ...lazyPage(() => import('../pages/overview/overview-page.tsx')),
      },
    ],
  },
  {
    title: m.nav_monetization,
    pages: [
      {
        path: '/webhooks',
        title: m.nav_webhooks,
        icon: 'webhook',
        scope: 'integration:read',
        ...lazyPage(() => import('../pages/webhooks/webhooks-page.tsx')),
      },
      {
        path: '/rate-plans',
        title: m.nav_rate_plans,
        icon: 'plan',
        scope: 'integration:read',
        ownTeam: true,
        ...lazyPage(() => import('../pages/rate-plans/rate-plans-page.tsx')),
      },
    ],
  },
  {
    title: m.nav_delivery,
    pages: [
      {
        path: '/distributors',
        title: m.nav_distributors,
        icon: 'send',
        scope: 'integration:read',
        ...lazyPage(() => import('../pages/distributors/distributors-page.tsx')),
      },
      {
        path: '/deliveries',
        title: m.nav_deliveries,
        icon: 'bell',
        scope: 'integration:read',
        acrossOrganizations: true,
        ...lazyPage(() => import('../pages/deliveries/deliveries-page.tsx')),
      },
      {
        path: '/events',
        title: m.nav_events,
        icon: 'event',
        scope: 'integration:read',
        acrossOrganizations: true,
        ...lazyPage(() => import('../pages/events/events-page.tsx')),
      },
    ],
  },
  {
    title: m.nav_gateway,
    pages: [
      {
        path: '/targets',
        title: m.nav_targets,
        icon: 'server',
        scope: 'gateway:admin',
        acrossOrganizations: true,
        ...lazyPage(() => import('../pages/targets/targets-page.tsx')),
      },
    ],
  },
];

/** Loads the code of the page at `path`, below `/console`, while the session is restored. */
export function preloadPage(path: string): void {
  const pages = pageGroups.flatMap((group) => group.pages);
  pages.find((page) => page.path === path || (page.path !== '/' && path.startsWith(`${page.path}/`)))?.preload();
}

/** The groups that a session may see. */
export const groupsFor = ({ scopes, portal }: Session): readonly PageGroup[] =>
  pageGroups
    .map((group) => ({
      ...group,
      pages: group.pages.filter(({ scope, ownTeam }) => scopes.includes(scope) && !(ownTeam && portal !== null)),
    }))
    .filter(({ pages }) => pages.length > 0);
