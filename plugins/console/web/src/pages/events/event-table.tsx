import type { JSX } from 'react';
import { Link } from 'wouter';
import type { Event } from '../../api/events.ts';
import type { RowFeed } from '../../api/row-feed.ts';
import { FeedTable } from '../../deliveries/feed-table.tsx';
import { TimeText } from '../../format/time-text.tsx';
import * as m from '../../texts/messages.js';
import { Breakable } from '../../ui/breakable.tsx';
import type { Column } from '../../ui/data-table.tsx';

const organizationColumn: Column<Event> = {
  key: 'organization',
  title: '',
  width: 'minmax(6.5rem,0.7fr)',
  cell: ({ organization }) => <span className="wrap-anywhere">{organization}</span>,
};

const makeColumns = (isOfAll: boolean): Column<Event>[] => [
  {
    key: 'time',
    title: m.deliveries_col_time(),
    width: '9.5rem',
    cell: ({ created_at }) => <TimeText time={created_at} short />,
  },
  ...(isOfAll ? [{ ...organizationColumn, title: m.organization() }] : []),
  {
    key: 'type',
    title: m.deliveries_col_type(),
    cell: ({ id, type }) => (
      // The link covers its row.
      <Link
        href={`/events/${id}`}
        className="line-clamp-2 font-medium wrap-anywhere group-hover:text-accent after:absolute after:inset-0 after:content-['']"
      >
        <Breakable text={type} />
      </Link>
    ),
  },
  {
    key: 'id',
    title: m.events_id(),
    width: '20rem',
    cell: ({ id }) => <code className="font-mono text-sm break-all text-muted">{id}</code>,
  },
];

export function EventTable({ feed, rows }: { feed: RowFeed<Event>; rows: readonly Event[] }): JSX.Element {
  return <FeedTable label={m.nav_events()} feed={feed} rows={rows} columnsOf={makeColumns} />;
}
