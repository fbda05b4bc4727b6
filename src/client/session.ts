import { HookgateError, invalidArgument, isHookgateError } from './hookgate-error.ts';

/** An API key as `hookgate keys create --json` prints it. */
export interface ApiKey {
  readonly api_key: string;
  readonly secret_key: string;
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  /** Seconds. */
  readonly expires_in: number;
}

/** Calls of the target `authentication`. They throw `HookgateError`. */
export interface TokenCalls {
  signIn(key: ApiKey): Promise<Tokens>;
  refresh(refreshToken: string): Promise<Tokens>;
}

/** The access token of a client. */
export interface Session {
  /** A token that is valid for the next call. */
  token(): Promise<string>;
  /** A token that replaces one that the gateway has refused. */
  replace(refused: string): Promise<string>;
}

/** Tokens are renewed this many seconds before their end, or after nine tenths of a shorter life. */
const renewalSeconds = 60;
/** Between a renewal that failed and the next one, while the token is valid. */
const pauseMs = 5000;

interface Held {
  readonly access: string;
  /** Undefined once it was sent. */
  readonly refresh: string | undefined;
  readonly renewAt: number;
  readonly endsAt: number;
}

/**
 * Signs in at the first need and keeps the tokens in memory. Any number of waiting calls cause one sign-in or refresh; none
 * waits while the token is valid.
 */
export function createKeySession(key: ApiKey, { signIn, refresh }: TokenCalls, now: () => number): Session {
  let held: Held | undefined;
  let running: Promise<Held> | undefined;
  let mayRenewAt = 0;

  async function renew(): Promise<Held> {
    const started = now();
    const tokens = (await refreshOnce()) ?? (await signIn(key));
    const life = tokens.expires_in * 1000;
    held = {
      access: tokens.access_token,
      refresh: tokens.refresh_token,
      renewAt: started + life - Math.min(renewalSeconds * 1000, life / 10),
      endsAt: started + life,
    };
    return held;
  }

  /** Undefined if only a new sign-in helps. The gateway would take a refresh token that comes twice for stolen. */
  async function refreshOnce(): Promise<Tokens | undefined> {
    const token = held?.refresh;
    if (!held || token === undefined) return undefined;
    held = { ...held, refresh: undefined };
    return refresh(token).catch(() => undefined);
  }

  function renewed(): Promise<Held> {
    running ??= renew().finally(() => {
      running = undefined;
    });
    return running;
  }

  /** A failure is not reported: the next call after the token's end signs in and has its own error. */
  function renewInBackground(): void {
    if (running || now() < mayRenewAt) return;
    renewed().catch(() => {
      mayRenewAt = now() + pauseMs;
    });
  }

  return {
    async token() {
      if (!held || now() >= held.endsAt) return (await renewed()).access;
      const { access, renewAt } = held;
      if (now() >= renewAt) renewInBackground();
      return access;
    },
    async replace(refused) {
      if (held && held.access !== refused && now() < held.endsAt) return held.access;
      return (await renewed()).access;
    },
  };
}

/** Tokens of another place, such as an identity provider: the function is asked for each call, and again after a 401. */
export function createTokenSession(source: string | (() => string | Promise<string>)): Session {
  async function token(): Promise<string> {
    if (typeof source === 'string') return checked(source);
    try {
      return checked(await source());
    } catch (error) {
      throw isHookgateError(error)
        ? error
        : new HookgateError('TOKEN_UNAVAILABLE', 'The token function failed.', { cause: error });
    }
  }
  return { token, replace: token };
}

/** Whether a value can be sent as a token: `Headers` quotes a malformed one in its error. */
export const isToken = (value: unknown): value is string => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);

function checked(token: unknown): string {
  if (isToken(token)) return token;
  throw invalidArgument('The token is not text of printable ASCII characters.');
}
