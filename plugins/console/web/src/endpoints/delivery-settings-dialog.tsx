import { type JSX, lazy, Suspense, useEffect } from 'react';
import { useDeliverySettings } from '../api/delivery-settings-calls.ts';
import type { EndpointKind } from '../api/endpoint-secret.ts';
import * as m from '../texts/messages.js';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorState, Loading } from '../ui/states.tsx';

const loadForm = () => import('./delivery-settings-fields.tsx');
const DeliverySettingsForm = lazy(loadForm);

interface DeliverySettingsDialogProps {
  readonly kind: EndpointKind;
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}

/** How an endpoint wants its deliveries: which, with which headers, how often again, how fast. */
export function DeliverySettingsDialog({ kind, id, name, onClose }: DeliverySettingsDialogProps): JSX.Element {
  const { data, error, refetch } = useDeliverySettings(kind, id);
  // The code of the form comes beside the settings, not after them. A failure shows when it is rendered.
  useEffect(() => void loadForm().catch(() => undefined), []);
  return (
    <Dialog title={m.settings_title({ name })} onClose={onClose} wide>
      {data ? (
        <Suspense fallback={<Loading />}>
          <DeliverySettingsForm
            // The settings as they are now take the place of the ones that were changed elsewhere.
            key={data.tag}
            kind={kind}
            id={id}
            known={data}
            onReload={() => void refetch()}
            onClose={onClose}
          />
        </Suspense>
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </Dialog>
  );
}
