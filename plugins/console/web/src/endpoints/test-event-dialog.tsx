import { type JSX, useId } from 'react';
import { useForm } from 'react-hook-form';
import { fieldErrorsOf } from '../api/describe-error.ts';
import { useOfferedEventTypes } from '../api/event-types.ts';
import { useSendTestEvent } from '../api/events.ts';
import * as m from '../texts/messages.js';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { TextField } from '../ui/field.tsx';
import { FormEnd } from '../ui/form-end.tsx';
import { eventProblems, isEventType } from './event-form.ts';
import { TestOutcome } from './test-outcome.tsx';

/** Sends a test event to a distributor, and shows what became of it. */
export function TestEventDialog({ distributor, onClose }: { distributor: string; onClose: () => void }): JSX.Element {
  const send = useSendTestEvent(distributor);
  const offered = useOfferedEventTypes();
  const id = useId();
  const { register, handleSubmit, formState, setError } = useForm({ defaultValues: { type: '' } });
  const { errors, isSubmitting } = formState;
  const submit = handleSubmit(async ({ type }) => {
    try {
      await send.mutateAsync(type.trim());
    } catch (error) {
      const [problem] = eventProblems(fieldErrorsOf(error));
      if (problem)
        setError('type', { message: m.distributors_refused({ reason: problem.lines }) }, { shouldFocus: true });
    }
  });
  return (
    <Dialog title={m.events_test()} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
        <p className="text-muted">{m.events_test_lead()}</p>
        <TextField
          label={m.distributors_event_type()}
          list={id}
          maxLength={128}
          hint={m.events_test_type_hint()}
          error={errors.type?.message}
          {...register('type', {
            validate: (text) => text.trim() === '' || isEventType(text) || m.distributors_event_type_syntax(),
          })}
        />
        <datalist id={id}>
          {offered.map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        {send.error && !errors.type && <ErrorNote error={send.error} />}
        {send.data !== undefined && <TestOutcome key={send.data} delivery={send.data} />}
        <FormEnd
          busy={isSubmitting}
          onClose={onClose}
          close={m.close()}
          submit={m.distributors_send_now()}
          icon="send"
        />
      </form>
    </Dialog>
  );
}
