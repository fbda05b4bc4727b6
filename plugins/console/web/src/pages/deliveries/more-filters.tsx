import type { JSX } from 'react';
import { useApi } from '../../api/api.tsx';
import { type DeliveryFilter, errorClasses, type FilterChange, readers } from '../../api/delivery-filter.ts';
import { errorWords } from '../../deliveries/reason-words.ts';
import * as m from '../../texts/messages.js';
import { SelectField } from '../../ui/field.tsx';
import { TextFilter } from '../../ui/text-filter.tsx';

interface Props {
  readonly filter: DeliveryFilter;
  readonly onChange: (change: FilterChange) => void;
}

/** The filters that are needed less often. */
export function MoreFilters({ filter, onChange }: Props): JSX.Element {
  const { isOfAll } = useApi();
  const { error, last_status, url_host, event, node } = filter;
  return (
    <>
      <SelectField
        className="col-span-2 sm:w-56"
        label={m.deliveries_filter_error()}
        value={error ?? ''}
        onChange={({ target }) => onChange({ error: readers.error(target.value) })}
      >
        <option value="">{m.deliveries_filter_all_errors()}</option>
        {errorClasses.map((name) => (
          <option key={name} value={name}>
            {errorWords(name)}
          </option>
        ))}
      </SelectField>
      <TextFilter
        className="sm:w-44"
        label={m.deliveries_filter_last_status()}
        value={last_status === undefined ? '' : String(last_status)}
        accepts={(text) => readers.last_status(text) !== undefined}
        hint={m.deliveries_filter_last_status_hint()}
        onChange={(text) => onChange({ last_status: text === undefined ? undefined : readers.last_status(text) })}
      />
      <TextFilter
        className="col-span-2 sm:w-56"
        label={m.deliveries_filter_host()}
        value={url_host ?? ''}
        accepts={(text) => readers.url_host(text) !== undefined}
        hint={m.deliveries_filter_host_hint()}
        onChange={(text) => onChange({ url_host: text?.toLowerCase() })}
      />
      <IdFilter label={m.deliveries_filter_event()} value={event} onChange={(id) => onChange({ event: id })} />
      {!isOfAll && (
        <IdFilter label={m.deliveries_filter_node()} value={node} onChange={(id) => onChange({ node: id })} />
      )}
    </>
  );
}

interface IdFilterProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (id: string | undefined) => void;
}

function IdFilter({ label, value, onChange }: IdFilterProps): JSX.Element {
  return (
    <TextFilter
      className="col-span-2 sm:w-80"
      label={label}
      value={value ?? ''}
      accepts={(text) => readers.event(text) !== undefined}
      hint={m.deliveries_filter_id_hint()}
      onChange={(text) => onChange(text?.toLowerCase())}
    />
  );
}
