import { type JSX, useRef, useState } from 'react';
import { type Condition, useConditionChanges, useConditions } from '../../../api/conditions.ts';
import type { RatePlan } from '../../../api/rate-plans.ts';
import { useWebhooksById } from '../../../api/webhook-choice.ts';
import * as m from '../../../texts/messages.js';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorState, Loading } from '../../../ui/states.tsx';
import { toast } from '../../../ui/toasts.tsx';
import { planOf, webhooksOf } from '../notify-at.ts';
import { explaining } from '../refusals.ts';
import { NotificationForm } from './notification-form.tsx';
import { NotificationList } from './notification-list.tsx';

/** The notifications of an adjustable plan: at which percentages of the target which webhooks are called. */
export function NotificationsDialog({ plan, onClose }: { plan: RatePlan; onClose: () => void }): JSX.Element {
  const [edited, setEdited] = useState<Condition>();
  const [deleted, setDeleted] = useState<Condition>();
  const lead = useRef<HTMLParagraphElement>(null);
  const list = useConditions();
  const own = (list.items ?? []).filter((condition) => planOf(condition) === plan.id);
  const isComplete = list.items !== undefined && list.onMore === undefined;
  const webhooks = useWebhooksById([...new Set(own.flatMap(webhooksOf))]);
  return (
    <Dialog title={m.rate_plans_notifications()} onClose={onClose} wide>
      <p ref={lead} tabIndex={-1} className="mb-4 text-muted outline-none">
        {m.rate_plans_notifications_of({ name: plan.displayName })}
      </p>
      {list.error !== undefined ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : isComplete ? (
        <>
          {!edited && own.length > 0 && (
            <NotificationList conditions={own} webhooks={webhooks} onEdit={setEdited} onDelete={setDeleted} />
          )}
          <NotificationForm
            key={edited?.id ?? 'new'}
            plan={plan}
            edited={edited}
            hasOthers={own.length > 0}
            onCancel={edited ? () => setEdited(undefined) : onClose}
            onDone={onClose}
          />
        </>
      ) : (
        <Loading />
      )}
      {deleted && (
        <DeleteNotification
          condition={deleted}
          onClose={() => setDeleted(undefined)}
          // The button that opened the question is gone.
          onDeleted={() => lead.current?.focus()}
        />
      )}
    </Dialog>
  );
}

function DeleteNotification({
  condition,
  onClose,
  onDeleted,
}: {
  condition: Condition;
  onClose: () => void;
  onDeleted: () => void;
}): JSX.Element {
  const changes = useConditionChanges();
  async function remove(): Promise<void> {
    await explaining(() => changes.delete(condition));
    toast(m.rate_plans_notification_deleted());
    onDeleted();
  }
  return (
    <ConfirmDialog
      title={m.rate_plans_delete_notification_question()}
      action={m.rate_plans_delete_notification()}
      onConfirm={remove}
      onClose={onClose}
    >
      {m.rate_plans_delete_notification_hint()}
    </ConfirmDialog>
  );
}
