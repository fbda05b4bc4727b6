import type { JSX } from 'react';
import { useForm } from 'react-hook-form';
import { fieldErrorsOf } from '../../../api/describe-error.ts';
import { useEventTypeChanges, useEventTypeText } from '../../../api/event-types.ts';
import { isEventType, isOwnType } from '../../../endpoints/event-form.ts';
import { objectProblem } from '../../../format/json-words.ts';
import * as m from '../../../texts/messages.js';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { TextArea, TextField } from '../../../ui/field.tsx';
import { FormEnd } from '../../../ui/form-end.tsx';
import { ErrorState, Loading } from '../../../ui/states.tsx';
import { toast } from '../../../ui/toasts.tsx';
import { type EventTypeForm, emptyForm, toForm, toInput, typeProblems } from './event-type-form.ts';

/** The form of an event type. `name` undefined: a new one. */
export function EventTypeDialog({ name, onClose }: { name: string | undefined; onClose: () => void }): JSX.Element {
  return (
    <Dialog title={name === undefined ? m.event_types_new() : m.event_types_edit()} onClose={onClose} wide>
      {name === undefined ? (
        <TypeForm start={emptyForm} isNew onClose={onClose} />
      ) : (
        <Stored name={name} onClose={onClose} />
      )}
    </Dialog>
  );
}

function Stored({ name, onClose }: { name: string; onClose: () => void }): JSX.Element {
  const { data, error, refetch } = useEventTypeText(name);
  if (data !== undefined) return <TypeForm start={toForm(data)} isNew={false} onClose={onClose} />;
  return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Loading />;
}

interface TypeFormProps {
  readonly start: EventTypeForm;
  readonly isNew: boolean;
  readonly onClose: () => void;
}

function TypeForm({ start, isNew, onClose }: TypeFormProps): JSX.Element {
  const { exists, save } = useEventTypeChanges();
  const { register, handleSubmit, formState, setError } = useForm<EventTypeForm>({ defaultValues: start });
  const { errors, isSubmitting } = formState;
  const submit = handleSubmit(async (values) => {
    const name = values.name.trim();
    try {
      // Saving replaces a type of this name.
      if (isNew && (await exists(name))) {
        setError('name', { message: m.event_types_taken() }, { shouldFocus: true });
        return;
      }
      await save.mutateAsync({ name, input: toInput(values) });
      toast(m.event_types_saved({ name }));
      onClose();
    } catch (error) {
      const problems = typeProblems(fieldErrorsOf(error));
      for (const [index, { field, lines }] of problems.entries())
        setError(field, { message: m.distributors_refused({ reason: lines }) }, { shouldFocus: index === 0 });
      if (problems.length === 0) setError('root', { type: 'failed', message: '' });
    }
  });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
      <TextField
        label={m.event_types_name()}
        required
        readOnly={!isNew}
        maxLength={128}
        {...(isNew ? { hint: m.event_types_name_hint() } : {})}
        error={errors.name?.message}
        {...register('name', { validate: nameProblem })}
      />
      <TextArea
        label={m.event_types_description()}
        rows={2}
        maxLength={2000}
        error={errors.description?.message}
        {...register('description')}
      />
      <TextArea
        label={m.event_types_example()}
        hint={m.event_types_example_hint()}
        rows={6}
        error={errors.example?.message}
        {...register('example', { validate: jsonProblem })}
      />
      <TextArea
        label={m.event_types_schema()}
        hint={m.event_types_schema_hint()}
        rows={8}
        error={errors.schema?.message}
        {...register('schema', { validate: jsonProblem })}
      />
      {errors.root && <ErrorNote error={save.error} />}
      <FormEnd busy={isSubmitting} onClose={onClose} />
    </form>
  );
}

function nameProblem(text: string): true | string {
  if (text.trim() === '') return m.field_required();
  // A path has no slash in a segment.
  if (!isEventType(text) || text.includes('/')) return m.event_types_name_syntax();
  return !isOwnType(text) || m.events_type_reserved();
}

const jsonProblem = (text: string): true | string => text.trim() === '' || (objectProblem(text) ?? true);
