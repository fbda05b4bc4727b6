import { isHookgateError } from 'hookgate/client';
import type { JSX } from 'react';
import { useForm } from 'react-hook-form';
import { fieldErrorsOf } from '../../api/describe-error.ts';
import { useSaveWebhook, type Webhook } from '../../api/webhooks.ts';
import { addressText } from '../../endpoints/address-text.ts';
import * as m from '../../texts/messages.js';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormEnd } from '../../ui/form-end.tsx';
import { toast } from '../../ui/toasts.tsx';
import { isWebhookUrl, type WebhookRefusal, webhookRefusal } from './webhook-refusal.ts';

interface WebhookDialogProps {
  /** Undefined: a new one. */
  readonly webhook?: Webhook | undefined;
  readonly onClose: () => void;
  readonly onSaved?: () => void;
}

/** The form of a webhook. */
export function WebhookDialog({ webhook, onClose, onSaved }: WebhookDialogProps): JSX.Element {
  const save = useSaveWebhook();
  const { register, handleSubmit, formState, setError } = useForm({
    defaultValues: { name: webhook?.name ?? '', postUrl: webhook?.postUrl ?? '' },
  });
  const { errors, isSubmitting } = formState;
  const submit = handleSubmit(async (input) => {
    const name = input.name.trim();
    try {
      await save.mutateAsync({ id: webhook?.id, name, postUrl: input.postUrl.trim() });
      toast(webhook ? m.webhooks_updated({ name }) : m.webhooks_saved({ name }));
      onSaved?.();
      onClose();
    } catch (error) {
      const refusal = isHookgateError(error) ? webhookRefusal(error, fieldErrorsOf(error)) : undefined;
      if (refusal) setError(refusal.field, { message: textOf(refusal) }, { shouldFocus: true });
      else setError('root', { message: '' });
    }
  });
  return (
    <Dialog title={webhook ? m.webhooks_edit() : m.webhooks_new()} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
        <TextField
          label={m.webhooks_name()}
          required
          maxLength={190}
          error={errors.name?.message}
          {...register('name', { validate: (text) => text.trim() !== '' || m.field_required() })}
        />
        <TextField
          label={m.webhooks_url()}
          type="url"
          inputMode="url"
          required
          maxLength={2048}
          hint={m.webhooks_url_hint()}
          error={errors.postUrl?.message}
          {...register('postUrl', { validate: urlProblem })}
        />
        {errors.root && save.error && <ErrorNote error={save.error} />}
        <FormEnd busy={isSubmitting} onClose={onClose} submit={webhook ? m.webhooks_update() : m.save()} />
      </form>
    </Dialog>
  );
}

function urlProblem(input: string): true | string {
  const text = input.trim();
  if (text === '') return m.field_required();
  return isWebhookUrl(text) || m.webhooks_url_syntax();
}

function textOf(refusal: WebhookRefusal): string {
  switch (refusal.kind) {
    case 'taken':
      return m.webhooks_name_taken();
    case 'other':
      return m.webhooks_refused({ reason: refusal.reason });
    default:
      return addressText(refusal);
  }
}
