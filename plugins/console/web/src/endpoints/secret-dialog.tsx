import { type JSX, useState } from 'react';
import { type EndpointKind, useEndpointSecret } from '../api/endpoint-secret.ts';
import { formatTime } from '../format/format.ts';
import * as m from '../texts/messages.js';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Actions, Dialog } from '../ui/dialog.tsx';
import { ErrorState, Loading } from '../ui/states.tsx';

const graceMs = 24 * 60 * 60_000;

interface SecretDialogProps {
  readonly kind: EndpointKind;
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}

/** The signing secret of an endpoint: shown on demand, copied, rotated. */
export function SecretDialog({ kind, id, name, onClose }: SecretDialogProps): JSX.Element {
  const { secret, rotation } = useEndpointSecret(kind, id);
  const [rotatedAt, setRotatedAt] = useState<number>();
  const [isAsking, setAsking] = useState(false);
  const { data, error, refetch } = secret;
  return (
    <Dialog title={m.endpoint_secret_title({ name })} onClose={onClose}>
      <p className="mb-4 text-muted">{m.endpoint_secret_lead()}</p>
      {data ? (
        <Secret text={data.secret} />
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading rows={1} />
      )}
      {rotatedAt !== undefined && (
        <p role="status" className="mt-3 text-sm">
          {m.endpoint_secret_rotated({ time: formatTime(rotatedAt + graceMs) })}
        </p>
      )}
      {data && (
        <Actions>
          <Button icon="refresh" onClick={() => setAsking(true)}>
            {m.endpoint_secret_rotate()}
          </Button>
          <CopyButton text={data.secret} />
        </Actions>
      )}
      {isAsking && (
        <ConfirmDialog
          title={m.endpoint_secret_rotate_title()}
          action={m.endpoint_secret_rotate()}
          dangerous={false}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await rotation.mutateAsync();
            setRotatedAt(Date.now());
          }}
        >
          <p>{m.endpoint_secret_rotate_hint()}</p>
          <p className="mt-2">{m.endpoint_secret_rotate_again()}</p>
        </ConfirmDialog>
      )}
    </Dialog>
  );
}

const prefix = 'whsec_';

function Secret({ text }: { text: string }): JSX.Element {
  const [isShown, setShown] = useState(false);
  return (
    <div className="flex items-start gap-2">
      <div className="min-h-9 min-w-0 flex-1 rounded-md bg-sunken px-3 py-2 font-mono text-sm wrap-anywhere">
        {isShown ? (
          text
        ) : (
          <>
            <span aria-hidden="true">{`${prefix}${'•'.repeat(16)}`}</span>
            <span className="sr-only">{m.endpoint_secret_hidden()}</span>
          </>
        )}
      </div>
      <Button onClick={() => setShown(!isShown)}>
        {isShown ? m.endpoint_secret_hide() : m.endpoint_secret_show()}
      </Button>
    </div>
  );
}
