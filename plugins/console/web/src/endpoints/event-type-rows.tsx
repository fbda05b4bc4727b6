import { type JSX, useId, useRef } from 'react';
import { type UseFormReturn, useFieldArray } from 'react-hook-form';
import { useOfferedEventTypes } from '../api/event-types.ts';
import * as m from '../texts/messages.js';
import { Button, IconButton } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { isPattern, isRepeatedPattern, mostEventTypes, type SettingsForm } from './delivery-settings-form.ts';

/** Rows of the event types that a distributor gets; names of the catalogue are offered. */
export function EventTypeRows({ form }: { form: UseFormReturn<SettingsForm> }): JSX.Element {
  const { fields, append, remove } = useFieldArray({ control: form.control, name: 'eventTypes' });
  const add = useRef<HTMLButtonElement>(null);
  function removeRow(row: number): void {
    // The button that has the focus goes with its row, and the dialog would then take the focus.
    add.current?.focus();
    remove(row);
    // With the most rows there is no such button until one is removed.
    if (!add.current) setTimeout(() => add.current?.focus());
  }
  const offered = useOfferedEventTypes();
  const id = useId();
  const { errors } = form.formState;
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 font-medium">{m.settings_event_types()}</legend>
      <p className="mb-2 text-sm text-muted">{m.settings_event_types_hint()}</p>
      <datalist id={id}>
        {['*', ...offered.map(({ name }) => name)].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {fields.length === 0 && <p className="rounded-md bg-sunken px-3 py-2">{m.settings_event_types_none()}</p>}
      <div className="flex flex-col gap-2">
        {fields.map((field, row) => (
          <div key={field.id} className="flex items-start gap-2">
            <TextField
              className="flex-1"
              label={m.settings_event_type({ number: row + 1 })}
              hidesLabel
              list={id}
              required
              maxLength={130}
              error={errors.eventTypes?.[row]?.pattern?.message}
              {...form.register(`eventTypes.${row}.pattern`, {
                validate: (text) => patternProblem(text, form.getValues(), row),
              })}
            />
            <IconButton
              icon="trash"
              label={m.settings_event_type_remove({ number: row + 1 })}
              onClick={() => removeRow(row)}
            />
          </div>
        ))}
      </div>
      {fields.length < mostEventTypes && (
        <Button ref={add} look="quiet" icon="add" className="mt-1 -ml-3" onClick={() => append({ pattern: '' })}>
          {m.settings_event_type_add()}
        </Button>
      )}
    </fieldset>
  );
}

function patternProblem(text: string, form: SettingsForm, row: number): true | string {
  if (text.trim() === '') return m.field_required();
  if (!isPattern(text)) return m.settings_event_type_invalid();
  return !isRepeatedPattern(form, row) || m.settings_repeated();
}
