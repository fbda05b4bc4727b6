import { type JSX, useState } from 'react';
import { useApi } from '../../api/api.tsx';
import { useEventFeed } from '../../api/events.ts';
import { FeedRows } from '../../deliveries/feed-rows.tsx';
import { LiveMark } from '../../deliveries/live-mark.tsx';
import { SendEventDialog } from '../../endpoints/send-event-dialog.tsx';
import * as m from '../../texts/messages.js';
import { Button } from '../../ui/button.tsx';
import { useListPlace } from '../../ui/list-place.ts';
import { EmptyState } from '../../ui/states.tsx';
import { EventFilterBar } from './event-filter-bar.tsx';
import { EventTable } from './event-table.tsx';
import { EventsHeader } from './events-header.tsx';
import { useEventFilter } from './use-event-filter.ts';

/** The events that were sent, newest first and live. */
export function EventList(): JSX.Element {
  const { may } = useApi();
  const { filter, change, clear } = useEventFilter();
  const feed = useEventFeed(filter);
  const [isSending, setSending] = useState(false);
  useListPlace('/events');
  return (
    <>
      <EventsHeader lead={m.events_lead()}>
        <LiveMark isInterrupted={feed.isInterrupted} />
        {may('integration:write') && (
          <Button look="primary" icon="send" onClick={() => setSending(true)}>
            {m.distributors_send()}
          </Button>
        )}
      </EventsHeader>
      <EventFilterBar filter={filter} onChange={change} onClear={clear} />
      <FeedRows
        feed={feed}
        table={(rows) => <EventTable feed={feed} rows={rows} />}
        empty={
          <EmptyState icon="event" title={m.events_empty()}>
            {m.events_empty_hint()}
          </EmptyState>
        }
        isFiltered={Object.keys(filter).length > 0}
        onClear={clear}
        noneFound={m.events_empty_filtered()}
        newText={m.events_new}
      />
      {isSending && <SendEventDialog to={{ kind: 'subscribers' }} onClose={() => setSending(false)} />}
    </>
  );
}
