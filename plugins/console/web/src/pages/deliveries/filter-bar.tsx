import { type JSX, useId, useState } from 'react';
import { useApi } from '../../api/api.tsx';
import { type DeliveryFilter, type FilterChange, readers } from '../../api/delivery-filter.ts';
import { stateChoices } from '../../deliveries/state-words.ts';
import { TimeFilter } from '../../deliveries/time-filter.tsx';
import * as m from '../../texts/messages.js';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/field.tsx';
import { TextFilter } from '../../ui/text-filter.tsx';
import { EndpointFilter } from './endpoint-filter.tsx';
import { MoreFilters } from './more-filters.tsx';

interface Props {
  readonly filter: DeliveryFilter;
  readonly onChange: (change: FilterChange) => void;
  readonly onClear: () => void;
}

/** All filters of the list. */
export function FilterBar({ filter, onChange, onClear }: Props): JSX.Element {
  const { isOfAll } = useApi();
  const { status, endpoint, type, error, last_status, url_host, event, node } = filter;
  const usesMore = [error, last_status, url_host, event, node].some((value) => value !== undefined);
  const [isOpen, setOpen] = useState(usesMore);
  const id = useId();
  const showsMore = isOpen || usesMore;
  return (
    <search aria-label={m.deliveries_filters()} className="mb-4 flex flex-col gap-3">
      <div className="grid grid-cols-2 items-start gap-3 sm:flex sm:flex-wrap">
        <SelectField
          className="sm:w-52"
          label={m.deliveries_filter_state()}
          value={status ?? ''}
          onChange={({ target }) => onChange({ status: readers.status(target.value) })}
        >
          <option value="">{m.deliveries_filter_all_states()}</option>
          {stateChoices.map(([value, text]) => (
            <option key={value} value={value}>
              {text()}
            </option>
          ))}
        </SelectField>
        <TextFilter
          className="sm:w-44"
          label={m.deliveries_filter_type()}
          value={type ?? ''}
          placeholder={m.deliveries_filter_type_example()}
          accepts={(text) => readers.type(text) !== undefined}
          hint=""
          onChange={(text) => onChange({ type: text })}
        />
        {!isOfAll && <EndpointFilter endpoint={endpoint} onChange={(chosen) => onChange({ endpoint: chosen })} />}
        <TimeFilter filter={filter} onChange={onChange} />
      </div>
      <div id={id} className={showsMore ? 'grid grid-cols-2 items-start gap-3 sm:flex sm:flex-wrap' : 'hidden'}>
        {showsMore && <MoreFilters filter={filter} onChange={onChange} />}
      </div>
      <div className="-ml-3 flex flex-wrap gap-1">
        {!usesMore && (
          <Button
            look="quiet"
            icon="filter"
            aria-expanded={showsMore}
            aria-controls={id}
            onClick={() => setOpen(!isOpen)}
          >
            {m.deliveries_filter_more()}
          </Button>
        )}
        {Object.keys(filter).length > 0 && (
          <Button look="quiet" icon="close" onClick={onClear}>
            {m.deliveries_filter_clear()}
          </Button>
        )}
      </div>
    </search>
  );
}
