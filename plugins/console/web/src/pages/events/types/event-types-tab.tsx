import { type JSX, useCallback, useMemo, useState } from 'react';
import { useApi } from '../../../api/api.tsx';
import type { EventType } from '../../../api/event-type.ts';
import { useEventTypeChanges, useEventTypes, useEventTypeText } from '../../../api/event-types.ts';
import { SendEventDialog } from '../../../endpoints/send-event-dialog.tsx';
import { exactMember } from '../../../format/json-text.ts';
import * as m from '../../../texts/messages.js';
import { Button } from '../../../ui/button.tsx';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { EmptyState, ErrorState, Loading } from '../../../ui/states.tsx';
import { toast } from '../../../ui/toasts.tsx';
import { EventTypeDialog } from './event-type-dialog.tsx';
import { EventTypeTable, type TypeAction } from './event-type-table.tsx';

type OpenDialog = { readonly action: 'add' } | { readonly action: TypeAction; readonly type: EventType };

/** The catalogue of event types. */
export function EventTypesTab(): JSX.Element {
  const [dialog, setDialog] = useState<OpenDialog>();
  const onAction = useCallback((action: TypeAction, type: EventType) => setDialog({ action, type }), []);
  const close = (): void => setDialog(undefined);
  return (
    <>
      <Catalogue onAdd={() => setDialog({ action: 'add' })} onAction={onAction} />
      {dialog?.action === 'add' && <EventTypeDialog name={undefined} onClose={close} />}
      {dialog?.action === 'edit' && <EventTypeDialog name={dialog.type.name} onClose={close} />}
      {dialog?.action === 'send' && <SendType name={dialog.type.name} onClose={close} />}
      {dialog?.action === 'delete' && <DeleteType name={dialog.type.name} onClose={close} />}
    </>
  );
}

interface CatalogueProps {
  readonly onAdd: () => void;
  readonly onAction: (action: TypeAction, type: EventType) => void;
}

function Catalogue({ onAdd, onAction }: CatalogueProps): JSX.Element {
  const { may } = useApi();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isFetchNextPageError } =
    useEventTypes();
  const rows = useMemo(() => data?.pages.flatMap((page) => page.event_types) ?? [], [data]);
  const add = may('integration:write') && (
    <Button look="primary" onClick={onAdd}>
      {m.event_types_add()}
    </Button>
  );
  if (!data) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Loading />;
  if (rows.length === 0)
    return (
      <EmptyState icon="plan" title={m.event_types_empty()}>
        <p>{m.event_types_empty_hint()}</p>
        {add}
      </EmptyState>
    );
  return (
    <>
      {add && <div className="mb-3 flex justify-end">{add}</div>}
      {error && <ErrorNote error={error} />}
      <EventTypeTable
        rows={rows}
        onMore={hasNextPage ? () => void fetchNextPage() : undefined}
        loadingMore={isFetchingNextPage}
        loadsByItself={!isFetchNextPageError}
        onAction={onAction}
      />
    </>
  );
}

/** Sends an event of the type, beginning with its example. */
function SendType({ name, onClose }: { name: string; onClose: () => void }): JSX.Element | null {
  const { data, isPending } = useEventTypeText(name);
  if (isPending) return null;
  const example = exactMember(data, 'example') ?? 'null';
  const start = { type: name, data: example === 'null' ? '{}' : example };
  return <SendEventDialog to={{ kind: 'subscribers' }} start={start} onClose={onClose} />;
}

function DeleteType({ name, onClose }: { name: string; onClose: () => void }): JSX.Element {
  const { remove } = useEventTypeChanges();
  return (
    <ConfirmDialog
      title={m.event_types_delete_title({ name })}
      action={m.delete()}
      onClose={onClose}
      onConfirm={async () => {
        await remove.mutateAsync(name);
        toast(m.event_types_deleted({ name }));
        // The button that opened the question is gone.
        setTimeout(() => document.querySelector<HTMLElement>('main h1')?.focus());
      }}
    >
      {m.event_types_delete_hint()}
    </ConfirmDialog>
  );
}
