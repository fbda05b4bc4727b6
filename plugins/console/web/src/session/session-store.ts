/** The signed-in person, as `POST /console/session` answers. */
export interface Session {
  readonly email: string | null;
  readonly application: string | null;
  readonly organizations: readonly string[] | '*';
  readonly default_organization: string | null;
  readonly scopes: readonly string[];
  /** Of a session by a portal link. */
  readonly portal: { readonly return_url: string | null } | null;
}

interface SessionAnswer extends Session {
  readonly access_token: string;
  /** Seconds. */
  readonly expires_in: number;
}

export type SessionState =
  /** The server is asked whether the cookie still signs in. */
  | { readonly step: 'restoring' }
  /** The server could not be asked. */
  | { readonly step: 'unreachable'; readonly error: unknown }
  | { readonly step: 'signed-out' }
  | { readonly step: 'signed-in'; readonly session: Session }
  /** It ended while the pages were in use: they stay, below a form that signs in again. */
  | { readonly step: 'expired'; readonly session: Session };

/** Why a sign-in failed. */
export type SignInFailure = 'refused' | 'limited' | 'link' | 'unreachable';

export class SignInError extends Error {
  readonly failure: SignInFailure;
  constructor(failure: SignInFailure) {
    super(failure);
    this.failure = failure;
  }
}

export type Credentials = { name: string; secret: string } | { portal: string };

/** Sends a call to `/console/session` and the path; rejects when no answer comes. */
export type SendSessionCall = (path: string, method: string, body?: unknown) => Promise<Response>;

/** Runs a task while no other tab runs one of its own. */
export type Exclusion = (task: () => Promise<void>) => Promise<void>;

const renewalSeconds = 60;

/** Runs tasks one after another; the failure of one is its own caller's. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <Result>(task: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(task);
    last = turn.catch(() => undefined);
    return turn;
  };
}

/**
 * The session of the page. Its calls are sent one after another: each answer sets the cookie, and the answer of a renewal that
 * a sign-in has overtaken would clear it.
 */
export function createSessionStore(send: SendSessionCall, now: () => number, alone: Exclusion = (task) => task()) {
  let state: SessionState = { step: 'restoring' };
  let token: { readonly text: string; readonly renewAt: number } | undefined;
  let renewal: Promise<void> | undefined;
  const turns = createTurns();
  const inTurn = (task: () => Promise<void>): Promise<void> => turns(() => alone(task));
  const listeners = new Set<() => void>();

  function set(next: SessionState): void {
    state = next;
    for (const listener of listeners) listener();
  }

  /** The token stays in memory: it is in no storage that a script of another page could read. */
  function take({ access_token: text, expires_in: life, ...session }: SessionAnswer): void {
    token = { text, renewAt: now() + Math.max(life - renewalSeconds, life / 2) * 1000 };
    set({ step: 'signed-in', session });
  }

  function end(): void {
    token = undefined;
    if (state.step === 'signed-in') set({ step: 'expired', session: state.session });
    else if (state.step !== 'expired') set({ step: 'signed-out' });
  }

  const needsRenewal = (): boolean => !token || now() >= token.renewAt;

  async function renewNow(): Promise<void> {
    // A sign-in before this turn has brought a token already, or a sign-out has ended the session.
    if (!needsRenewal() || state.step === 'signed-out') return;
    const response = await send('/renew', 'POST');
    if (!response.ok) throw new SignInError('unreachable');
    const { session } = (await response.json()) as { session: SessionAnswer | null };
    if (session) take(session);
    else end();
  }

  function renew(): Promise<void> {
    renewal ??= inTurn(renewNow).finally(() => {
      renewal = undefined;
    });
    return renewal;
  }

  async function signInNow(credentials: Credentials): Promise<void> {
    const response = await send('', 'POST', credentials).catch(() => undefined);
    if (response?.ok) return take((await response.json()) as SessionAnswer);
    if (response?.status === 429) throw new SignInError('limited');
    if (response === undefined || response.status >= 500) throw new SignInError('unreachable');
    throw new SignInError('portal' in credentials ? 'link' : 'refused');
  }

  async function signOutNow(): Promise<void> {
    const response = await send('', 'DELETE');
    if (!response.ok) throw new SignInError('unreachable');
    token = undefined;
    set({ step: 'signed-out' });
  }

  return {
    state: (): SessionState => state,

    /** Returns the end of the subscription. */
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    /** Asks the server for the session of the cookie. Does not reject. */
    async restore(): Promise<void> {
      try {
        await renew();
      } catch (error) {
        if (state.step === 'restoring' || state.step === 'unreachable') set({ step: 'unreachable', error });
      }
    },

    /** Signs in with an e-mail address or API key, or with the token of a portal link. Throws `SignInError`. */
    signIn: (credentials: Credentials): Promise<void> => inTurn(() => signInNow(credentials)),

    /** Ends the session on the server and here. Rejects if the server cannot be reached: the cookie still signs in then. */
    signOut: (): Promise<void> => inTurn(signOutNow),

    /** A token for the next call. Rejects without a session, and while it cannot be renewed. */
    async accessToken(): Promise<string> {
      if (needsRenewal()) await renew();
      if (!token) throw new SignInError('refused');
      return token.text;
    },

    /** The server has refused a token: the next call renews it first. */
    distrustToken(refused: string | null): void {
      if (token && refused === `Bearer ${token.text}`) token = { ...token, renewAt: 0 };
    },
  };
}
