import { useSyncExternalStore } from 'react';
import {
  createSessionStore,
  type Exclusion,
  type SendSessionCall,
  type SessionState,
  SignInError,
} from './session-store.ts';

export { type Session, type SessionState, SignInError, type SignInFailure } from './session-store.ts';

const place = '/console/session';
const timeoutMs = 20_000;

const send: SendSessionCall = (path, method, body) =>
  fetch(`${place}${path}`, {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    signal: AbortSignal.timeout(timeoutMs),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });

/** Tabs share the cookie, and a provider may take a renewal that comes twice for a theft. Pages without HTTPS have no locks. */
const alone: Exclusion = (task) => (navigator.locks ? navigator.locks.request('hookgate-session', task) : task());

const store = createSessionStore(send, Date.now, alone);

export const { restore: restoreSession, signIn, signOut, accessToken, distrustToken } = store;

/** Ways to sign in beside an API key. */
export async function readSignInMethods(): Promise<{ oidc: boolean; version: string }> {
  const response = await send('/methods', 'GET');
  if (!response.ok) throw new SignInError('unreachable');
  return (await response.json()) as { oidc: boolean; version: string };
}

export const useSessionState = (): SessionState => useSyncExternalStore(store.subscribe, store.state);
