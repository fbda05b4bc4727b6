import { type JSX, useId } from 'react';
import type { Condition } from '../../../api/conditions.ts';
import type { Webhook } from '../../../api/webhook-choice.ts';
import * as m from '../../../texts/messages.js';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { intervalsOf, percentagesOf, webhooksOf } from '../notify-at.ts';
import { Percentages } from './percentages.tsx';

const mostShown = 20;

interface NotificationListProps {
  readonly conditions: readonly Condition[];
  readonly webhooks: ReadonlyMap<string, Webhook | null>;
  readonly onEdit: (condition: Condition) => void;
  readonly onDelete: (condition: Condition) => void;
}

/** The existing notifications of a plan. */
export function NotificationList({ conditions, ...rest }: NotificationListProps): JSX.Element {
  const id = useId();
  return (
    <section aria-labelledby={id} className="mb-6">
      <h3 id={id} className="mb-2 font-semibold">
        {m.rate_plans_notifications_existing()}
      </h3>
      <ul className="divide-y divide-line rounded-md border border-line">
        {conditions.map((condition) => (
          <Entry key={condition.id} condition={condition} {...rest} />
        ))}
      </ul>
    </section>
  );
}

function Entry({
  condition,
  webhooks,
  onEdit,
  onDelete,
}: { condition: Condition } & Omit<NotificationListProps, 'conditions'>): JSX.Element {
  const id = useId();
  return (
    <li className="flex flex-col gap-2 px-3 py-2.5 sm:flex-row sm:items-start sm:justify-between">
      <div id={id} className="flex min-w-0 flex-col gap-1.5">
        <Percentages
          label={m.rate_plans_percentages()}
          values={percentagesOf(intervalsOf(condition))}
          most={mostShown}
        />
        <ul aria-label={m.rate_plans_called()} className="flex flex-wrap gap-x-3 gap-y-1 text-sm">
          {webhooksOf(condition).map((each) => (
            <li key={each} className="flex min-w-0 items-center gap-1.5">
              <WebhookName id={each} webhook={webhooks.get(each)} />
            </li>
          ))}
        </ul>
      </div>
      <div className="flex shrink-0 flex-wrap gap-1">
        <Button aria-describedby={id} onClick={() => onEdit(condition)}>
          {m.edit()}
        </Button>
        <Button look="quiet" aria-describedby={id} onClick={() => onDelete(condition)}>
          {m.rate_plans_delete_notification()}
        </Button>
      </div>
    </li>
  );
}

/** `webhook`: null for a deleted one, undefined while it is loading. */
function WebhookName({ id, webhook }: { id: string; webhook: Webhook | null | undefined }): JSX.Element {
  if (webhook === null) {
    return (
      <>
        <span className="break-all text-muted">{id}</span>
        <Badge tone="failed">{m.rate_plans_webhook_deleted()}</Badge>
      </>
    );
  }
  return (
    <>
      <span className="break-words">{webhook?.name ?? '…'}</span>
      {webhook?.enabled === false && <Badge tone="held">{m.rate_plans_webhook_disabled()}</Badge>}
    </>
  );
}
