import type { JSX } from 'react';
import { type UseFormReturn, useFieldArray } from 'react-hook-form';
import * as m from '../../../texts/messages.js';
import { Button, IconButton } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/field.tsx';
import {
  defaultStep,
  emptyInterval,
  type IntervalField,
  isEmpty,
  mostPercentages,
  percentagesOf,
} from '../notify-at.ts';
import type { NotificationValues } from './notification-values.ts';
import { Percentages } from './percentages.tsx';

type Form = UseFormReturn<NotificationValues>;

const fields: readonly { readonly name: IntervalField; readonly label: () => string }[] = [
  { name: 'from', label: m.rate_plans_from },
  { name: 'to', label: m.rate_plans_to },
  { name: 'step', label: m.rate_plans_step },
];

/** Rows of intervals, and the percentages of all of them while they are typed. */
export function IntervalFields({ form }: { form: Form }): JSX.Element {
  const { fields: rows, append, remove } = useFieldArray({ control: form.control, name: 'intervals' });
  const percentages = percentagesOf(form.watch('intervals'));
  const { intervals: problems } = form.formState.errors;
  const isTooMany = percentages.length > mostPercentages;
  const problem = isTooMany ? m.rate_plans_notify_too_many() : problems?.message;
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 font-medium">{m.rate_plans_intervals()}</legend>
      <p className="mb-2 text-sm text-muted">{m.rate_plans_intervals_hint()}</p>
      <div className="flex flex-col gap-2">
        {rows.map(({ id }, row) => (
          <IntervalRow key={id} form={form} row={row} {...(rows.length > 1 ? { onRemove: () => remove(row) } : {})} />
        ))}
      </div>
      <Button look="quiet" className="mt-2 -ml-3" onClick={() => append({ ...emptyInterval })}>
        {m.rate_plans_add_interval()}
      </Button>
      {problem !== undefined && (
        <p role="alert" className="text-sm text-danger">
          {problem}
        </p>
      )}
      <div className="mt-2 rounded-md bg-sunken px-3 py-2">
        <p aria-hidden="true" className="mb-1.5 text-sm font-medium">
          {m.rate_plans_notify_at()}
        </p>
        {percentages.length === 0 && <p className="text-sm text-muted">{m.rate_plans_notify_at_none()}</p>}
        <Percentages label={m.rate_plans_notify_at()} values={percentages} />
      </div>
    </fieldset>
  );
}

function IntervalRow({ form, row, onRemove }: { form: Form; row: number; onRemove?: () => void }): JSX.Element {
  const { errors: all, isSubmitted } = form.formState;
  // An empty row is not wrong before the form is sent.
  const errors = isSubmitted || !isEmpty(form.watch(`intervals.${row}`)) ? all.intervals?.[row] : undefined;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a grid in every browser
    <div
      role="group"
      aria-label={m.rate_plans_interval({ number: row + 1 })}
      className="grid grid-cols-2 sm:grid-cols-[minmax(6.9rem,1.2fr)_minmax(0,1fr)_minmax(0,1fr)_2.25rem] items-start gap-2"
    >
      {fields.map(({ name, label }) => (
        <TextField
          key={name}
          label={label()}
          hidesLabel={row > 0}
          inputMode="numeric"
          maxLength={9}
          placeholder={name === 'step' ? String(defaultStep) : undefined}
          error={errors?.[name]?.message}
          {...form.register(`intervals.${row}.${name}`)}
        />
      ))}
      {onRemove && (
        <IconButton
          icon="trash"
          label={m.rate_plans_remove_interval({ number: row + 1 })}
          onClick={onRemove}
          className={row === 0 ? 'mt-[1.65rem]' : ''}
        />
      )}
    </div>
  );
}
