import { isHookgateError } from 'hookgate/client';
import { type JSX, useState } from 'react';
import { useForm } from 'react-hook-form';
import { fieldErrorsOf } from '../api/describe-error.ts';
import { type EventTarget, type SentEvent, useSendEvent } from '../api/events.ts';
import * as m from '../texts/messages.js';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorNote } from '../ui/error-note.tsx';
import { TextField } from '../ui/field.tsx';
import { FormEnd } from '../ui/form-end.tsx';
import { EventDataField, EventTypeField } from './event-fields.tsx';
import { type EventForm, eventProblems, isUuid, toEvent } from './event-form.ts';
import { SentNote } from './sent-note.tsx';

interface SendEventDialogProps {
  /** One distributor, or the ones that subscribe to the type. */
  readonly to: EventTarget;
  /** The type, and its example, to begin with. */
  readonly start?: { readonly type: string; readonly data: string } | undefined;
  readonly onClose: () => void;
}

const hello = { type: 'test.sent', data: '{\n  "message": "Hello"\n}' };

/** Sends an event, and shows the way to its deliveries. */
export function SendEventDialog({ to, start = hello, onClose }: SendEventDialogProps): JSX.Element {
  const send = useSendEvent(to);
  const [sent, setSent] = useState<SentEvent>();
  const form = useForm<EventForm>({ defaultValues: { ...start, node: '' } });
  const { register, handleSubmit, formState, setError } = form;
  const { errors, isSubmitting } = formState;
  const submit = handleSubmit(async (values) => {
    setSent(undefined);
    try {
      setSent(await send.mutateAsync(toEvent(values)));
    } catch (error) {
      const problems = eventProblems(fieldErrorsOf(error));
      for (const { field, lines } of problems)
        setError(field, { message: m.distributors_refused({ reason: lines }) }, { shouldFocus: true });
      if (isHookgateError(error) && error.status === 413) setError('data', { message: m.error_too_large() });
      else if (problems.length === 0) setError('root', { message: '' });
    }
  });
  return (
    <Dialog title={m.distributors_send()} onClose={onClose} wide>
      <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
        {to.kind === 'subscribers' && <p className="text-muted">{m.events_send_lead()}</p>}
        <EventTypeField form={form} />
        {to.kind === 'subscribers' && (
          <TextField
            label={m.events_send_node()}
            hint={m.events_send_node_hint()}
            maxLength={40}
            error={errors.node?.message}
            {...register('node', {
              validate: (text) => text.trim() === '' || isUuid(text.trim()) || m.distributors_node_syntax(),
            })}
          />
        )}
        <EventDataField form={form} />
        {errors.root && send.error && <ErrorNote error={send.error} />}
        {sent && <SentNote sent={sent} />}
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
