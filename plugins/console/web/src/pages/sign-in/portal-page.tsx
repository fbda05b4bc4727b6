import { type JSX, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { SignInError, type SignInFailure, signIn } from '../../session/session.ts';
import * as m from '../../texts/messages.js';
import { Loading } from '../../ui/states.tsx';
import { Entrance } from './entrance.tsx';

/** The token is in the fragment, which no server sees; it leaves the address before it is used. */
function takeToken(): string {
  const token = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
  return token;
}

let attempt: Promise<void> | undefined;

/** A second link in the same tab changes the fragment alone, and loads nothing. */
const openNext = (): void => location.reload();

/** Signs in with a portal link, once. */
export function PortalPage(): JSX.Element {
  const [failure, setFailure] = useState<SignInFailure>();
  const [, navigate] = useLocation();
  useEffect(() => {
    attempt ??= signIn({ portal: takeToken() });
    attempt.then(
      () => navigate('/', { replace: true }),
      (error: unknown) => setFailure(error instanceof SignInError ? error.failure : 'unreachable'),
    );
  }, [navigate]);
  useEffect(() => {
    addEventListener('hashchange', openNext);
    return () => removeEventListener('hashchange', openNext);
  }, []);
  return (
    <Entrance title={failure === undefined ? m.portal_opening() : m.portal_failed()}>
      {failure === undefined ? (
        <Loading rows={2} />
      ) : (
        <p role="alert">{failure === 'unreachable' ? m.error_unreachable() : m.portal_invalid()}</p>
      )}
    </Entrance>
  );
}
