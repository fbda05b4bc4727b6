import type { JSX } from 'react';
import type { SentEvent } from '../api/events.ts';
import { formatNumber } from '../format/format.ts';
import * as m from '../texts/messages.js';
import { TextLink } from '../ui/text-link.tsx';

/** Says how many distributors get an event, and leads to it. */
export function SentNote({ sent: { id, deliveries } }: { sent: SentEvent }): JSX.Element {
  const [first] = deliveries;
  const count = deliveries.length;
  return (
    <p role="status" className="flex flex-wrap gap-x-3 gap-y-1 rounded-md bg-sunken px-3 py-2">
      <span>
        {m.distributors_sent()}{' '}
        {id !== undefined &&
          (count === 0 ? m.events_sent_none() : m.events_sent_count({ count, text: formatNumber(count) }))}
      </span>
      {id !== undefined ? (
        <TextLink to={`/events/${id}`}>{m.events_show()}</TextLink>
      ) : (
        first && <TextLink to={`/deliveries/${first.id}`}>{m.distributors_sent_link()}</TextLink>
      )}
    </p>
  );
}
