import { type JSX, useRef } from 'react';
import { type UseFormReturn, useFieldArray, useWatch } from 'react-hook-form';
import * as m from '../texts/messages.js';
import { Button, IconButton } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { isHeaderName, isRepeatedName, masked, mostHeaders, type SettingsForm } from './delivery-settings-form.ts';

type Form = UseFormReturn<SettingsForm>;

/** Rows of headers that every attempt carries. Stored values are not shown; left as they are, they stay. */
export function HeaderRows({ form }: { form: Form }): JSX.Element {
  const { fields, append, remove } = useFieldArray({ control: form.control, name: 'headers' });
  const add = useRef<HTMLButtonElement>(null);
  function removeRow(row: number): void {
    // The button that has the focus goes with its row, and the dialog would then take the focus.
    add.current?.focus();
    remove(row);
    // With the most rows there is no such button until one is removed.
    if (!add.current) setTimeout(() => add.current?.focus());
  }
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 font-medium">{m.settings_headers()}</legend>
      <p className="mb-2 text-sm text-muted">{m.settings_headers_hint()}</p>
      <div className="flex flex-col gap-2">
        {fields.map(({ id }, row) => (
          <HeaderRow key={id} form={form} row={row} onRemove={() => removeRow(row)} />
        ))}
      </div>
      {fields.length < mostHeaders && (
        <Button
          ref={add}
          look="quiet"
          icon="add"
          className="mt-1 -ml-3"
          onClick={() => append({ name: '', value: '' })}
        >
          {m.settings_header_add()}
        </Button>
      )}
    </fieldset>
  );
}

function HeaderRow({ form, row, onRemove }: { form: Form; row: number; onRemove: () => void }): JSX.Element {
  const { register, control, getValues, formState } = form;
  const errors = formState.errors.headers?.[row];
  const isStored = useWatch({ control, name: `headers.${row}.value` }) === masked;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a grid in every browser
    <div
      role="group"
      aria-label={m.settings_header({ number: row + 1 })}
      className="grid grid-cols-[minmax(0,1fr)_2.25rem] items-start gap-2 sm:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)_2.25rem]"
    >
      <TextField
        label={m.settings_header_name()}
        hidesLabel={row > 0}
        required
        maxLength={100}
        error={errors?.name?.message}
        {...register(`headers.${row}.name`, { validate: (name) => nameProblem(name, getValues(), row) })}
      />
      <TextField
        className="max-sm:col-start-1 max-sm:row-start-2"
        label={m.settings_header_value()}
        hidesLabel={row > 0}
        maxLength={4096}
        type={isStored ? 'password' : 'text'}
        autoComplete="off"
        {...(isStored ? { hint: m.distributors_kept() } : {})}
        error={errors?.value?.message}
        {...register(`headers.${row}.value`)}
      />
      <IconButton
        icon="trash"
        label={m.settings_header_remove({ number: row + 1 })}
        onClick={onRemove}
        className={row === 0 ? 'mt-[1.65rem]' : ''}
      />
    </div>
  );
}

function nameProblem(name: string, form: SettingsForm, row: number): true | string {
  if (name.trim() === '') return m.field_required();
  if (!isHeaderName(name)) return m.settings_header_name_invalid();
  return !isRepeatedName(form, row) || m.settings_repeated();
}
