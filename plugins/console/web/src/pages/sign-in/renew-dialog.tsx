import type { JSX } from 'react';
import { type Session, signOut } from '../../session/session.ts';
import * as m from '../../texts/messages.js';
import { Dialog } from '../../ui/dialog.tsx';
import { toastError } from '../../ui/toasts.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** Signs in again over the pages: they keep what was typed. */
export function RenewDialog({ session: { email, portal } }: { session: Session }): JSX.Element {
  return (
    <Dialog title={m.session_ended()} onClose={() => void signOut().catch(toastError)}>
      <p className="mb-4 text-muted">{portal ? m.session_ended_portal() : m.session_ended_hint()}</p>
      {!portal && <SignInForm name={email ?? ''} />}
    </Dialog>
  );
}
