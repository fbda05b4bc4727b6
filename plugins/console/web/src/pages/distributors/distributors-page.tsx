import { type JSX, useCallback, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { useApi } from '../../api/api.tsx';
import type { Distributor } from '../../api/distributors.ts';
import { DeliverySettingsDialog } from '../../endpoints/delivery-settings-dialog.tsx';
import { SecretDialog } from '../../endpoints/secret-dialog.tsx';
import { SendEventDialog } from '../../endpoints/send-event-dialog.tsx';
import { TestEventDialog } from '../../endpoints/test-event-dialog.tsx';
import * as m from '../../texts/messages.js';
import { Button } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { DeleteDistributorDialog } from './delete-distributor-dialog.tsx';
import { DistributorDialog } from './distributor-dialog.tsx';
import { DistributorList } from './distributor-list.tsx';
import type { DistributorAction } from './distributor-table.tsx';

type OpenDialog =
  | { readonly action: 'add' }
  | { readonly action: DistributorAction; readonly distributor: Distributor };

export default function DistributorsPage(): JSX.Element {
  const { may } = useApi();
  const [parameters, setParameters] = useSearchParams();
  const node = parameters.get('node') ?? '';
  const [dialog, setDialog] = useState<OpenDialog>();
  const page = useRef<HTMLDivElement>(null);
  const setNode = useCallback(
    (text: string) => setParameters(text === '' ? {} : { node: text }, { replace: true }),
    [setParameters],
  );
  const onAction = useCallback(
    (action: DistributorAction, distributor: Distributor) => setDialog({ action, distributor }),
    [],
  );
  const close = useCallback(() => setDialog(undefined), []);
  return (
    <div ref={page}>
      <PageHeader title={m.nav_distributors()} lead={m.distributors_lead()}>
        {may('integration:write') && (
          <Button look="primary" onClick={() => setDialog({ action: 'add' })}>
            {m.distributors_add()}
          </Button>
        )}
      </PageHeader>
      <DistributorList node={node} onNode={setNode} onAction={onAction} />
      {dialog?.action === 'add' && <DistributorDialog node={node} onClose={close} />}
      {dialog?.action === 'edit' && <DistributorDialog distributor={dialog.distributor} node={node} onClose={close} />}
      {dialog?.action === 'send' && (
        <SendEventDialog to={{ kind: 'distributor', id: dialog.distributor.id }} onClose={close} />
      )}
      {dialog?.action === 'test' && <TestEventDialog distributor={dialog.distributor.id} onClose={close} />}
      {dialog?.action === 'settings' && (
        <DeliverySettingsDialog
          kind="distributor"
          id={dialog.distributor.id}
          name={nameOf(dialog.distributor)}
          onClose={close}
        />
      )}
      {dialog?.action === 'secret' && (
        <SecretDialog kind="distributor" id={dialog.distributor.id} name={dialog.distributor.node_id} onClose={close} />
      )}
      {dialog?.action === 'delete' && (
        <DeleteDistributorDialog
          distributor={dialog.distributor}
          onClose={close}
          // The button that opened the dialog is gone.
          onDeleted={() => page.current?.querySelector('h1')?.focus()}
        />
      )}
    </div>
  );
}

const nameOf = ({ meta, node_id: node }: Distributor): string => (meta ? meta.host + meta.path : node);
