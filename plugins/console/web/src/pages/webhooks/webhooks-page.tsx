import { type JSX, useCallback, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { useApi } from '../../api/api.tsx';
import type { Webhook } from '../../api/webhooks.ts';
import { DeliverySettingsDialog } from '../../endpoints/delivery-settings-dialog.tsx';
import { SecretDialog } from '../../endpoints/secret-dialog.tsx';
import * as m from '../../texts/messages.js';
import { Button } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { DeleteWebhookDialog } from './delete-webhook-dialog.tsx';
import { TestDialog } from './test-dialog.tsx';
import { WebhookDialog } from './webhook-dialog.tsx';
import { WebhookList } from './webhook-list.tsx';
import type { WebhookAction } from './webhook-table.tsx';

type OpenDialog = { readonly action: 'add' } | { readonly action: WebhookAction; readonly webhook: Webhook };

const parameter = 'search';

export default function WebhooksPage(): JSX.Element {
  const { may } = useApi();
  const [parameters, setParameters] = useSearchParams();
  const search = parameters.get(parameter) ?? '';
  const [dialog, setDialog] = useState<OpenDialog>();
  const page = useRef<HTMLDivElement>(null);
  const setSearch = useCallback(
    (text: string) => {
      setParameters(text === '' ? {} : { [parameter]: text }, { replace: true });
      scrollTo({ top: 0 });
    },
    [setParameters],
  );
  const onAction = useCallback((action: WebhookAction, webhook: Webhook) => setDialog({ action, webhook }), []);
  const close = useCallback(() => setDialog(undefined), []);
  return (
    <div ref={page}>
      <PageHeader title={m.nav_webhooks()} lead={m.webhooks_lead()}>
        {may('integration:write') && (
          <Button look="primary" onClick={() => setDialog({ action: 'add' })}>
            {m.webhooks_add()}
          </Button>
        )}
      </PageHeader>
      <WebhookList search={search} onSearch={setSearch} onAction={onAction} />
      {dialog?.action === 'add' && <WebhookDialog onClose={close} onSaved={() => setSearch('')} />}
      {dialog?.action === 'edit' && <WebhookDialog webhook={dialog.webhook} onClose={close} />}
      {dialog?.action === 'test' && <TestDialog webhook={dialog.webhook} onClose={close} />}
      {dialog?.action === 'secret' && (
        <SecretDialog kind="webhook" id={dialog.webhook.id} name={dialog.webhook.name} onClose={close} />
      )}
      {dialog?.action === 'settings' && (
        <DeliverySettingsDialog kind="webhook" id={dialog.webhook.id} name={dialog.webhook.name} onClose={close} />
      )}
      {dialog?.action === 'delete' && (
        <DeleteWebhookDialog
          webhook={dialog.webhook}
          onClose={close}
          // The button that opened the dialog is gone.
          onDeleted={() => page.current?.querySelector('h1')?.focus()}
        />
      )}
    </div>
  );
}
