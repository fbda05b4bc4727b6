import type { JSX } from 'react';
import { type FilterChange, readers } from '../../api/delivery-filter.ts';
import type { EventFilter } from '../../api/events.ts';
import { TimeFilter } from '../../deliveries/time-filter.tsx';
import * as m from '../../texts/messages.js';
import { Button } from '../../ui/button.tsx';
import { TextFilter } from '../../ui/text-filter.tsx';

interface Props {
  readonly filter: EventFilter;
  readonly onChange: (change: FilterChange) => void;
  readonly onClear: () => void;
}

/** All filters of the list of events. */
export function EventFilterBar({ filter, onChange, onClear }: Props): JSX.Element {
  return (
    <search aria-label={m.deliveries_filters()} className="mb-4 flex flex-col gap-3">
      <div className="grid grid-cols-2 items-start gap-3 sm:flex sm:flex-wrap">
        <TextFilter
          className="col-span-2 sm:w-64"
          label={m.deliveries_filter_type()}
          value={filter.type ?? ''}
          placeholder={m.deliveries_filter_type_example()}
          accepts={(text) => readers.type(text) !== undefined}
          hint=""
          onChange={(text) => onChange({ type: text })}
        />
        <TimeFilter filter={filter} onChange={onChange} />
      </div>
      {Object.keys(filter).length > 0 && (
        <div className="-ml-3">
          <Button look="quiet" icon="close" onClick={onClear}>
            {m.deliveries_filter_clear()}
          </Button>
        </div>
      )}
    </search>
  );
}
