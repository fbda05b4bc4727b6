import { type JSX, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import type { Session } from '../session/session.ts';
import * as m from '../texts/messages.js';
import { Header } from './header.tsx';
import { useKeptFocus } from './kept-focus.ts';
import { Navigation, NavigationDialog } from './navigation.tsx';
import { OfflineBar } from './offline-bar.tsx';
import { useOrganization } from './organization.ts';
import { Pages } from './pages.tsx';
import { groupsFor } from './routes.ts';

/** Header, navigation and the page of the address. */
export function Shell({ session }: { session: Session }): JSX.Element {
  const [organization, choose] = useOrganization(session);
  const [isMenuOpen, setMenuOpen] = useState(false);
  const [path] = useLocation();
  const groups = groupsFor(session);
  useKeptFocus();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the menu
  useEffect(() => setMenuOpen(false), [path]);
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="sr-only rounded-md bg-panel px-3 py-2 focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-50"
      >
        {m.skip_to_content()}
      </a>
      <Header session={session} organization={organization} onOrganization={choose} onMenu={() => setMenuOpen(true)} />
      <OfflineBar />
      <div className="mx-auto flex w-full max-w-[90rem] flex-1">
        <aside className="hidden w-60 shrink-0 border-r border-line px-3 py-5 lg:block">
          <Navigation groups={groups} />
        </aside>
        {isMenuOpen && <NavigationDialog groups={groups} onClose={() => setMenuOpen(false)} />}
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 px-4 py-5 outline-none md:px-8">
          <Pages groups={groups} session={session} organization={organization} onOrganization={choose} />
        </main>
      </div>
    </div>
  );
}
