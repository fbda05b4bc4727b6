import { type JSX, useId } from 'react';
import { type UseFormReturn, useWatch } from 'react-hook-form';
import { useOfferedEventTypes, useReadEventType } from '../api/event-types.ts';
import { formatNumber } from '../format/format.ts';
import { bytesOf, exactMember, readObject } from '../format/json-text.ts';
import { objectProblem } from '../format/json-words.ts';
import * as m from '../texts/messages.js';
import { Button } from '../ui/button.tsx';
import { TextArea, TextField } from '../ui/field.tsx';
import { toastError } from '../ui/toasts.tsx';
import { type EventForm, isEventType, isOwnType } from './event-form.ts';

/** The gateway takes no larger event. */
const mostBytes = 256 * 1024;

type Form = UseFormReturn<EventForm>;

/** The type of an event. The catalogue's names are offered, and the example of the chosen one. */
export function EventTypeField({ form }: { form: Form }): JSX.Element {
  const offered = useOfferedEventTypes();
  const id = useId();
  const type = useWatch({ control: form.control, name: 'type' }).trim();
  const hasExample = offered.some(({ name, example }) => name === type && example !== null);
  const read = useReadEventType();
  async function insertExample(): Promise<void> {
    try {
      form.setValue('data', exactMember(await read(type), 'example') ?? '', { shouldValidate: true });
    } catch (error) {
      toastError(error);
    }
  }
  return (
    <div>
      <TextField
        label={m.distributors_event_type()}
        list={id}
        required
        maxLength={128}
        error={form.formState.errors.type?.message}
        {...form.register('type', { validate: typeProblem })}
      />
      <datalist id={id}>
        {offered.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {hasExample && (
        <Button look="quiet" icon="copy" className="mt-1 -ml-3" onClick={() => void insertExample()}>
          {m.events_insert_example()}
        </Button>
      )}
    </div>
  );
}

export function EventDataField({ form }: { form: Form }): JSX.Element {
  return (
    <TextArea
      label={m.distributors_event_data()}
      rows={8}
      error={form.formState.errors.data?.message}
      {...form.register('data', { validate: dataProblem })}
    />
  );
}

function typeProblem(text: string): true | string {
  if (!isEventType(text)) return m.distributors_event_type_syntax();
  return !isOwnType(text) || m.events_type_reserved();
}

function dataProblem(text: string): true | string {
  const read = readObject(text);
  if (!('value' in read)) return objectProblem(text) ?? true;
  const bytes = bytesOf(read.value);
  return bytes <= mostBytes || tooLarge(bytes);
}

const tooLarge = (bytes: number): string =>
  m.distributors_event_too_large({ size: `${formatNumber(Math.ceil(bytes / 1024))} KB` });
