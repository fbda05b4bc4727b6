import type { JSX } from 'react';
import { Route, Switch } from 'wouter';
import * as m from '../../texts/messages.js';
import { EventDetailPage } from './event-detail-page.tsx';
import { EventList } from './event-list.tsx';
import { EventsHeader } from './events-header.tsx';
import { EventTypesTab } from './types/event-types-tab.tsx';

/** The list of events, the catalogue of their types, or one event. */
export default function EventsPage(): JSX.Element {
  return (
    <Switch>
      <Route path="/events">
        <EventList />
      </Route>
      <Route path="/events/types">
        <EventsHeader lead={m.event_types_lead()} />
        <EventTypesTab />
      </Route>
      <Route path="/events/:id">{({ id }) => <EventDetailPage key={id} id={id} />}</Route>
    </Switch>
  );
}
