import { type JSX, useEffect, useId } from 'react';
import { type Resolver, useForm } from 'react-hook-form';
import { type Condition, useConditionChanges } from '../../../api/conditions.ts';
import type { RatePlan } from '../../../api/rate-plans.ts';
import * as m from '../../../texts/messages.js';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { FormEnd } from '../../../ui/form-end.tsx';
import { toast } from '../../../ui/toasts.tsx';
import { emptyInterval, intervalsOf, toCondition, webhooksOf } from '../notify-at.ts';
import { useSubmit } from '../use-submit.ts';
import { IntervalFields } from './interval-fields.tsx';
import { checkNotification, type NotificationValues } from './notification-values.ts';
import { WebhookChoice } from './webhook-choice.tsx';

const names = {
  codes: {
    'mint.webhookDoesNotExist': 'webhooks',
    'mint.tooManyWebhooks': 'webhooks',
    'mint.webhookRequired': 'webhooks',
    'mint.tooManyThresholds': 'intervals',
    'mint.invalidUsageTarget': 'intervals',
  },
} as const;

const resolver: Resolver<NotificationValues> = (values) => checkNotification(values);

interface NotificationFormProps {
  readonly plan: RatePlan;
  /** The notification to change; undefined: a new one. */
  readonly edited: Condition | undefined;
  readonly hasOthers: boolean;
  readonly onCancel: () => void;
  readonly onDone: () => void;
}

/** The percentages and webhooks of a notification. */
export function NotificationForm({ plan, edited, hasOthers, onCancel, onDone }: NotificationFormProps): JSX.Element {
  const id = useId();
  const changes = useConditionChanges();
  const form = useForm<NotificationValues>({
    defaultValues: edited
      ? { intervals: intervalsOf(edited), webhooks: webhooksOf(edited) }
      : { intervals: [{ ...emptyInterval }], webhooks: [] },
    resolver,
  });
  const isEdit = edited !== undefined;
  // The button that began it is gone.
  useEffect(() => {
    if (isEdit) form.setFocus('intervals.0.from');
  }, [isEdit, form.setFocus]);
  const { error, busy, submit } = useSubmit<NotificationValues>({
    form,
    names,
    save: ({ intervals, webhooks }) => {
      const body = toCondition(plan.id, intervals, webhooks);
      return edited ? changes.update(edited, body) : changes.create(body);
    },
    onDone: () => {
      toast(edited ? m.rate_plans_notification_saved() : m.rate_plans_notification_made());
      onDone();
    },
  });
  return (
    <section aria-labelledby={id}>
      <h3 id={id} className={edited || hasOthers ? 'mb-3 font-semibold' : 'sr-only'}>
        {edited ? m.rate_plans_notification_edit() : m.rate_plans_notification_new()}
      </h3>
      <form onSubmit={submit} noValidate className="flex flex-col gap-5">
        <IntervalFields form={form} />
        <WebhookChoice
          chosen={form.watch('webhooks')}
          onChange={(webhooks) => form.setValue('webhooks', webhooks, { shouldValidate: true })}
          error={form.formState.errors.webhooks?.message}
        />
        {error !== undefined && <ErrorNote error={error} />}
        <FormEnd
          busy={busy}
          onClose={onCancel}
          submit={edited ? m.rate_plans_save_notification() : m.rate_plans_create_notification()}
        />
      </form>
    </section>
  );
}
