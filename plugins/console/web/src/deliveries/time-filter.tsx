import { type JSX, useState } from 'react';
import {
  type DeliveryFilter,
  type FilterChange,
  fromLocalInput,
  isUpTo,
  readers,
  toLocalInput,
} from '../api/delivery-filter.ts';
import * as m from '../texts/messages.js';
import { SelectField } from '../ui/field.tsx';
import { TextFilter } from '../ui/text-filter.tsx';

interface Props {
  readonly filter: Pick<DeliveryFilter, 'last' | 'from' | 'to'>;
  readonly onChange: (change: Pick<FilterChange, 'last' | 'from' | 'to'>) => void;
}

/** A span that ends now, or a range in the reader's zone. */
export function TimeFilter({ filter: { last, from, to }, onChange }: Props): JSX.Element {
  const [isRange, setRange] = useState(false);
  const showsRange = last === undefined && (isRange || from !== undefined || to !== undefined);
  function choose(choice: string): void {
    setRange(choice === 'range');
    if (choice !== 'range') onChange({ last: readers.last(choice), from: undefined, to: undefined });
    else onChange({ last: undefined });
  }
  return (
    <>
      <SelectField
        className="col-span-2 sm:w-44"
        label={m.deliveries_filter_time()}
        value={showsRange ? 'range' : (last ?? '')}
        onChange={({ target }) => choose(target.value)}
      >
        <option value="">{m.deliveries_filter_any_time()}</option>
        <option value="1h">{m.deliveries_filter_last_1h()}</option>
        <option value="1d">{m.deliveries_filter_last_1d()}</option>
        <option value="7d">{m.deliveries_filter_last_7d()}</option>
        <option value="range">{m.deliveries_filter_range()}</option>
      </SelectField>
      {showsRange && (
        <>
          <TimeField
            label={m.deliveries_filter_from()}
            time={from}
            accepts={(time) => isUpTo(time, to)}
            onChange={(time) => onChange({ from: time })}
          />
          <TimeField
            label={m.deliveries_filter_to()}
            time={to}
            accepts={(time) => isUpTo(from, time)}
            onChange={(time) => onChange({ to: time })}
          />
        </>
      )}
    </>
  );
}

interface TimeFieldProps {
  readonly label: string;
  readonly time: string | undefined;
  readonly accepts: (time: string) => boolean;
  readonly onChange: (time: string | undefined) => void;
}

function TimeField({ label, time, accepts, onChange }: TimeFieldProps): JSX.Element {
  const isAccepted = (text: string): boolean => {
    const typed = fromLocalInput(text);
    return typed !== undefined && accepts(typed);
  };
  return (
    <TextFilter
      className="col-span-2 sm:w-56"
      label={label}
      type="datetime-local"
      value={time === undefined ? '' : toLocalInput(time)}
      accepts={isAccepted}
      hint=""
      onChange={(text) => onChange(text === undefined ? undefined : fromLocalInput(text))}
    />
  );
}
