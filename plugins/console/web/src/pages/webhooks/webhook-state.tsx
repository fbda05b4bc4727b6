import type { JSX } from 'react';
import { useEnableWebhook, type Webhook } from '../../api/webhooks.ts';
import { EndpointSwitch } from '../../endpoints/endpoint-switch.tsx';
import { toastError } from '../../ui/toasts.tsx';

export function WebhookState({ webhook: { id, name, enabled } }: { webhook: Webhook }): JSX.Element {
  const { mutate } = useEnableWebhook(id, toastError);
  return <EndpointSwitch name={name} enabled={enabled} onChange={mutate} />;
}
