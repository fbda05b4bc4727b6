import { type JSX, useState } from 'react';
import { LanguageChoice } from '../language/language-choice.tsx';
import { type Session, signOut } from '../session/session.ts';
import * as m from '../texts/messages.js';
import { Brand } from '../ui/brand.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { toastError } from '../ui/toasts.tsx';
import { OrganizationChoice } from './organization-choice.tsx';

interface HeaderProps {
  readonly session: Session;
  readonly organization: string;
  readonly onOrganization: (name: string) => void;
  readonly onMenu: () => void;
}

export function Header({ session, organization, onOrganization, onMenu }: HeaderProps): JSX.Element {
  const { email, application, portal } = session;
  const [busy, setBusy] = useState(false);
  async function end(): Promise<void> {
    setBusy(true);
    try {
      await signOut();
      if (portal?.return_url) location.assign(portal.return_url);
    } catch (error) {
      toastError(error);
      setBusy(false);
    }
  }
  return (
    <header className="border-b border-line bg-panel">
      <div className="mx-auto flex max-w-[90rem] flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 lg:px-5">
        <IconButton icon="menu" label={m.navigation()} onClick={onMenu} className="-ml-2 lg:hidden" />
        <Brand />
        <div className="ml-auto flex min-w-0 items-center gap-2">
          <OrganizationChoice session={session} organization={organization} onChange={onOrganization} />
          <LanguageChoice />
          <span className="hidden max-w-52 truncate text-sm text-muted xl:inline">{email ?? application ?? ''}</span>
          <Button
            look="quiet"
            icon="signOut"
            busy={busy}
            onClick={() => void end()}
            aria-label={m.sign_out()}
            title={m.sign_out()}
          >
            <span className="hidden md:inline">{m.sign_out()}</span>
          </Button>
        </div>
      </div>
    </header>
  );
}
