import { AlertDialog } from '@base-ui/react/alert-dialog';
import { type JSX, type ReactNode, useState } from 'react';
import * as m from '../texts/messages.js';
import { Button } from './button.tsx';
import { Actions } from './dialog.tsx';
import { ErrorNote } from './error-note.tsx';

interface ConfirmDialogProps {
  readonly title: string;
  readonly children: ReactNode;
  /** Text of the button that does it. */
  readonly action: string;
  /** Closes the dialog when it resolves; a failure is shown in it. */
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly dangerous?: boolean;
  /** Text of the button that changes nothing. */
  readonly keep?: string;
}

/** A question before a change that cannot be taken back. */
export function ConfirmDialog({
  title,
  children,
  action,
  onConfirm,
  onClose,
  dangerous = true,
  keep = m.cancel(),
}: ConfirmDialogProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  async function confirm(): Promise<void> {
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  }
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop forceRender className="fixed inset-0 z-40 bg-[#0b0d12]/50" />
        <AlertDialog.Popup className="fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-2rem)] w-[calc(100%-2rem)] max-w-md -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-lg border border-line bg-raised p-5 shadow-raised">
          <AlertDialog.Title className="text-lg font-semibold wrap-anywhere">{title}</AlertDialog.Title>
          <AlertDialog.Description render={<div className="mt-2 text-muted" />}>{children}</AlertDialog.Description>
          {error !== undefined && <ErrorNote error={error} />}
          <Actions>
            <AlertDialog.Close render={<Button>{keep}</Button>} />
            <Button look={dangerous ? 'danger' : 'primary'} busy={busy} onClick={() => void confirm()}>
              {action}
            </Button>
          </Actions>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
