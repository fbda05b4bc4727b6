import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { type JSX, useEffect } from 'react';
import { Router, useLocation } from 'wouter';
import { useLanguage } from '../language/language.ts';
import { PortalPage } from '../pages/sign-in/portal-page.tsx';
import { RenewDialog } from '../pages/sign-in/renew-dialog.tsx';
import { SignInPage } from '../pages/sign-in/sign-in-page.tsx';
import { UnreachablePage } from '../pages/sign-in/unreachable-page.tsx';
import { restoreSession, type Session, type SessionState, useSessionState } from '../session/session.ts';
import { Loading } from '../ui/states.tsx';
import { Toasts } from '../ui/toasts.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { queryClient } from './query-client.ts';
import { Shell } from './shell.tsx';

/** The address below which the pages lie. */
export const base = '/console';

export function App(): JSX.Element {
  const language = useLanguage();
  const state = useSessionState();
  const person = 'session' in state ? personOf(state.session) : undefined;
  useEffect(() => {
    // The data of a person is forgotten with the session.
    return () => {
      if (person !== undefined) queryClient.clear();
    };
  }, [person]);
  return (
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <Router base={base}>
          <ErrorBoundary key={drawnAnewBy(state, language)}>
            <Toasts>
              <Content key={person} state={state} />
            </Toasts>
          </ErrorBoundary>
        </Router>
      </QueryClientProvider>
    </CSPProvider>
  );
}

/**
 * The pages of a session are drawn anew in another language: rows of tables keep their texts otherwise. The sign-in keeps what was typed;
 * it asks for its texts in each rendering.
 */
const drawnAnewBy = (state: SessionState, language: string): string => ('session' in state ? language : 'entrance');

/** Another person who signs in gets fresh pages. */
const personOf = ({ email, application, organizations, portal }: Session): string =>
  JSON.stringify([email, application, organizations, portal]);

/** The pages of a session, or the way to one. */
function Content({ state }: { state: SessionState }): JSX.Element {
  const [path] = useLocation();
  if (path === '/portal') return <PortalPage />;
  switch (state.step) {
    case 'restoring':
      return (
        <div className="mx-auto max-w-3xl p-6">
          <Loading />
        </div>
      );
    case 'unreachable':
      return <UnreachablePage error={state.error} onRetry={() => void restoreSession()} />;
    case 'signed-out':
      return <SignInPage />;
    default:
      return (
        <>
          <Shell session={state.session} />
          {state.step === 'expired' && <RenewDialog session={state.session} />}
        </>
      );
  }
}
