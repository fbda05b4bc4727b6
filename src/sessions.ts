import type { Knex } from './database/database.ts';
import { notFound, StartError } from './errors.ts';
import type { Principal } from './route-definition.ts';

/** A session just opened or renewed. Times are in microseconds since 1970. */
export interface OpenSession {
  /** A token that the gateway accepts. */
  readonly accessToken: string;
  readonly accessExpiresAt: number;
  /** The token of the next renewal; undefined: the previous one stays. */
  readonly renewal: { readonly token: string; readonly expiresAt: number } | undefined;
  readonly principal: Principal;
  /** Of a session that a portal link has opened. */
  readonly portal?: { readonly returnUrl: string | undefined } | undefined;
}

/** A link that opens one session, without any other credentials. */
export interface NewPortalLink {
  /** The link has no other scopes and organizations, and ends when its creator's API key is revoked. */
  readonly creator: Principal;
  readonly organization: string;
  readonly scopes: readonly string[];
  /** Microseconds since 1970: link and session end at it, and at the end of the creator's session if that is of a link too. */
  readonly expiresAt: number;
  /** The page that the session leads back to. */
  readonly returnUrl: string | undefined;
}

export interface IssuedPortalLink {
  /** Opens the session, once. Only its hash is stored. */
  readonly token: string;
  readonly expiresAt: number;
}

/**
 * Sessions of people in a browser. A page holds the access token; the token of the next renewal is kept where no script reads
 * it. All reject with `DATABASE_UNAVAILABLE` if the look-up fails.
 */
export interface SessionProvider {
  /** Opens a session with the credentials that `verifyBasic` takes; undefined: wrong. */
  signIn(name: string, secret: string): Promise<OpenSession | undefined>;
  /** Opens the session of a portal link; undefined: unknown, used or expired. */
  openPortal(token: string): Promise<OpenSession | undefined>;
  /**
   * Creates a portal link in the caller's transaction. Rejects with `FORBIDDEN` for a scope that the creator lacks, and with
   * `LIMIT_REACHED` if the organization has too many links.
   */
  createPortalLink(trx: Knex, link: NewPortalLink): Promise<IssuedPortalLink>;
  /**
   * Renews a session; undefined: it has ended. Concurrent renewals with one token all succeed, and so does a repetition after
   * a lost answer.
   */
  renew(token: string): Promise<OpenSession | undefined>;
  /** Ends the session of a renewal token, used or not. Its access tokens end within 60 s. */
  end(token: string): Promise<void>;
}

/**
 * `sessions` may be handed out before the provider is known; without one, its calls reject with `NOT_FOUND`. `provideSessions`
 * throws `StartError` for a second provider.
 */
export function createSessions(): {
  sessions: SessionProvider;
  provideSessions(provider: SessionProvider, title: string): void;
} {
  let provided: { by: SessionProvider; title: string } | undefined;
  const provider = async (): Promise<SessionProvider> => {
    if (provided) return provided.by;
    throw notFound(
      'This gateway has no sessions: they need the plugin authentication, or another one that provides them.',
    );
  };
  return {
    sessions: {
      signIn: async (name, secret) => (await provider()).signIn(name, secret),
      openPortal: async (token) => (await provider()).openPortal(token),
      createPortalLink: async (trx, link) => (await provider()).createPortalLink(trx, link),
      renew: async (token) => (await provider()).renew(token),
      end: async (token) => (await provider()).end(token),
    },
    provideSessions(by, title) {
      if (provided)
        throw new StartError(`It provides sessions, as plugin ${provided.title} does: one of them has to be left out.`);
      provided = { by, title };
    },
  };
}
