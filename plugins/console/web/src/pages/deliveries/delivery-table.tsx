import type { Delivery } from 'hookgate/client';
import type { JSX } from 'react';
import { Link } from 'wouter';
import type { DeliveryFeed } from '../../api/deliveries.ts';
import { Countdown } from '../../deliveries/countdown.tsx';
import { FeedTable } from '../../deliveries/feed-table.tsx';
import { reasonOf } from '../../deliveries/reason-words.ts';
import { stateWordsOf } from '../../deliveries/state-words.ts';
import { TestMark } from '../../deliveries/test-mark.tsx';
import { formatNumber } from '../../format/format.ts';
import { TimeText } from '../../format/time-text.tsx';
import * as m from '../../texts/messages.js';
import { Badge } from '../../ui/badge.tsx';
import type { Column } from '../../ui/data-table.tsx';

/** A delivery that was read across organizations names its own. */
type ListedDelivery = Delivery & { readonly organization?: string };

const makeColumns = (isOfAll: boolean): Column<ListedDelivery>[] => [
  {
    key: 'time',
    title: m.deliveries_col_time(),
    width: '9.5rem',
    cell: ({ created_at }) => <TimeText time={created_at} short />,
  },
  ...(isOfAll
    ? [
        {
          key: 'organization',
          title: m.organization(),
          width: 'minmax(6.5rem,0.8fr)',
          cell: ({ organization }: ListedDelivery) => (
            <span className="line-clamp-2 wrap-anywhere">{organization}</span>
          ),
        },
      ]
    : []),
  { key: 'type', title: m.deliveries_col_type(), width: 'minmax(0,1.45fr)', cell: (row) => <TypeLink row={row} /> },
  {
    key: 'endpoint',
    title: m.deliveries_col_endpoint(),
    width: 'minmax(0,1.3fr)',
    cell: (row) => <EndpointText row={row} />,
  },
  { key: 'state', title: m.deliveries_col_state(), width: 'minmax(0,1.75fr)', cell: (row) => <StateText row={row} /> },
  {
    key: 'attempts',
    title: m.deliveries_col_attempts(),
    width: '4.25rem',
    align: 'end',
    cell: ({ attempt_count }) => <span className="tabular-nums">{formatNumber(attempt_count)}</span>,
  },
  {
    key: 'next',
    title: m.deliveries_col_next(),
    width: '6rem',
    align: 'end',
    cell: ({ next_attempt_at: next }) =>
      next === null ? <span className="text-muted">–</span> : <Countdown time={next} />,
  },
];

/** The rows of the list; each is a link to its delivery. */
export function DeliveryTable({ feed, rows }: { feed: DeliveryFeed; rows: readonly Delivery[] }): JSX.Element {
  return <FeedTable label={m.deliveries_table()} feed={feed} rows={rows} columnsOf={makeColumns} />;
}

/** The link covers its row. */
function TypeLink({ row: { id, type } }: { row: Delivery }): JSX.Element {
  return (
    <Link
      href={`/deliveries/${id}`}
      className="line-clamp-2 text-sm font-medium wrap-anywhere group-hover:text-accent after:absolute after:inset-0 after:content-['']"
    >
      {type}
    </Link>
  );
}

function EndpointText({ row: { endpoint_name: name, url } }: { row: Delivery }): JSX.Element {
  return (
    <>
      <span className="block truncate">{name ?? m.deliveries_endpoint_deleted()}</span>
      {url && (
        <span title={url} className="block truncate text-sm text-muted">
          {url}
        </span>
      )}
    </>
  );
}

function StateText({ row }: { row: Delivery }): JSX.Element {
  const { text, tone } = stateWordsOf(row);
  const reason = reasonOf(row);
  return (
    <>
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Badge tone={tone}>{text}</Badge>
        <TestMark delivery={row} />
        {row.last_status !== null && <span className="text-sm text-muted tabular-nums">{row.last_status}</span>}
      </span>
      {reason !== undefined && (
        <span title={reason} className="text-sm text-muted md:line-clamp-2">
          {reason}
        </span>
      )}
    </>
  );
}
