import type { JSX, ReactNode } from 'react';
import * as m from '../../texts/messages.js';
import { PageHeader } from '../../ui/page-header.tsx';
import { Tabs } from '../../ui/tabs.tsx';

/** The heading of the page, and its parts. */
export function EventsHeader({ lead, children }: { lead: string; children?: ReactNode }): JSX.Element {
  return (
    <>
      <PageHeader title={m.nav_events()} lead={lead}>
        {children}
      </PageHeader>
      <Tabs
        label={m.nav_events()}
        parts={[
          { path: '/events', title: m.events_tab_log() },
          { path: '/events/types', title: m.event_types() },
        ]}
      />
    </>
  );
}
