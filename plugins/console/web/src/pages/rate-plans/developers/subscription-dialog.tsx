import type { JSX } from 'react';
import { useForm } from 'react-hook-form';
import { type Subscription, useSubscriptionChanges } from '../../../api/subscriptions.ts';
import * as m from '../../../texts/messages.js';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { TextField } from '../../../ui/field.tsx';
import { FormEnd } from '../../../ui/form-end.tsx';
import { toast } from '../../../ui/toasts.tsx';
import { filled, wholeNumber } from '../rules.ts';
import { useSubmit } from '../use-submit.ts';
import { SubscriberFields } from './subscriber-fields.tsx';
import {
  mostTarget,
  names,
  namesOfChange,
  namesOfDeveloper,
  newSubscription,
  type SubscriptionValues,
  toChange,
  toInput,
  valuesOf,
} from './subscription-values.ts';

interface SubscriptionDialogProps {
  /** The developer of a new subscription, if it is known. */
  readonly email?: string | undefined;
  /** The subscription to change; undefined: a new one. */
  readonly subscription?: Subscription | undefined;
  readonly onClose: () => void;
  /** Called with the developer of a new subscription. */
  readonly onMade?: (email: string) => void;
}

/** A developer takes a plan, with a target; or a change of target and end. */
export function SubscriptionDialog({ email, subscription, onClose, onMade }: SubscriptionDialogProps): JSX.Element {
  const { create, update } = useSubscriptionChanges();
  const form = useForm<SubscriptionValues>({
    defaultValues: subscription ? valuesOf(subscription) : newSubscription(email ?? ''),
  });
  const { register, formState, getValues } = form;
  const { errors } = formState;
  const { error, busy, submit } = useSubmit({
    form,
    names: subscription ? namesOfChange : email === undefined ? names : namesOfDeveloper,
    save: (values) =>
      subscription ? update(subscription, toChange(subscription, values)) : create(...toInput(values)),
    onDone: () => {
      toast(subscription ? m.rate_plans_subscription_saved() : m.rate_plans_subscription_made());
      onClose();
      if (!subscription) onMade?.(toInput(getValues())[0]);
    },
  });
  return (
    <Dialog title={subscription ? m.rate_plans_edit_subscription() : m.rate_plans_new_subscription()} onClose={onClose}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        {email !== undefined && <p className="font-medium break-all">{email}</p>}
        {!subscription && <SubscriberFields form={form} hasDeveloper={email !== undefined} />}
        <TextField
          label={m.rate_plans_target()}
          hint={m.rate_plans_target_hint()}
          required
          inputMode="numeric"
          maxLength={13}
          error={errors.target?.message}
          {...register('target', { validate: wholeNumber(0, mostTarget) })}
        />
        <div className="grid gap-4 sm:grid-cols-2">
          {!subscription && (
            <TextField
              label={m.rate_plans_start()}
              type="date"
              required
              error={errors.start?.message}
              {...register('start', { validate: filled })}
            />
          )}
          <TextField
            label={m.rate_plans_end()}
            type="date"
            hint={m.rate_plans_end_hint()}
            error={errors.end?.message}
            {...register('end', {
              validate: (end) => end === '' || end >= getValues('start') || m.rate_plans_refused_end_before_start(),
            })}
          />
        </div>
        {error !== undefined && <ErrorNote error={error} />}
        <FormEnd busy={busy} onClose={onClose} />
      </form>
    </Dialog>
  );
}
