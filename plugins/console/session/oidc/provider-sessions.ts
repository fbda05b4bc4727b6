import { isApiError } from '../../../../src/errors.ts';
import type { Clock, Encryption, Logger, OpenSession, Principal, SessionProvider } from '../../../../src/plugin.ts';
import type { IdentityProvider, ProviderTokens } from './identity-provider.ts';
import { createKeptTokens, longestMicros } from './kept-tokens.ts';
import { createSharedRenewals } from './shared-renewals.ts';

export interface ProviderSessions extends Pick<SessionProvider, 'renew' | 'end'> {
  /** Opens a session with the tokens of a sign-in; undefined: the gateway accepts none of them. */
  open(tokens: ProviderTokens): Promise<OpenSession | undefined>;
}

export interface ProviderSessionParts {
  provider: IdentityProvider;
  verifyToken(token: string): Promise<Principal>;
  encryption: Encryption;
  logger: Logger;
  now: Clock;
}

const second = 1_000_000;
const idleMicros = 7 * 24 * 3600 * second;
/** Pages renew a minute before the end of a token. */
const freshMicros = 90 * second;

/** Sessions of the outside identity provider: its tokens are kept in the cookie, encrypted. */
export function createProviderSessions(parts: ProviderSessionParts): ProviderSessions {
  const { provider, verifyToken, encryption, logger, now } = parts;
  const keptTokens = createKeptTokens({ encryption, now });
  const renewals = createSharedRenewals();

  async function accepted(token: string | undefined): Promise<Principal | undefined> {
    try {
      return token === undefined ? undefined : await verifyToken(token);
    } catch (error) {
      if (isApiError(error) && error.status === 401) return undefined;
      throw error;
    }
  }

  async function openWith(tokens: ProviderTokens, since: number): Promise<OpenSession | undefined> {
    for (const access of [tokens.access_token, tokens.id_token]) {
      const principal = await accepted(access);
      if (access === undefined || !principal) continue;
      const session = toSession(access, principal);
      const sealed = keptTokens.seal({ since, access, refresh: tokens.refresh_token });
      if (!sealed) return session;
      const end = sealed.isLasting ? Math.min(now() + idleMicros, since + longestMicros) : session.accessExpiresAt;
      return { ...session, renewal: { token: sealed.value, expiresAt: end } };
    }
    return undefined;
  }

  async function refreshWith(refresh: string, since: number): Promise<OpenSession | undefined> {
    const tokens = await provider.refresh(refresh);
    return tokens && openWith({ ...tokens, refresh_token: tokens.refresh_token ?? refresh }, since);
  }

  return {
    open: (tokens) => openWith(tokens, now()),

    async renew(value) {
      const kept = keptTokens.unseal(value);
      if (!kept) return undefined;
      const { access, refresh, since } = kept;
      const principal = await accepted(access);
      if (access !== undefined && principal) {
        const session = toSession(access, principal);
        if (session.accessExpiresAt - now() > (refresh === undefined ? 0 : freshMicros)) return session;
      }
      return refresh === undefined ? undefined : renewals.run(refresh, () => refreshWith(refresh, since));
    },

    async end(value) {
      const refresh = keptTokens.unseal(value)?.refresh;
      if (refresh === undefined) return;
      renewals.forget(refresh);
      try {
        await provider.revoke(refresh);
      } catch (error) {
        // Signing out must not depend on the provider: the cookie goes, and the token ends by itself.
        logger.warn('refresh token could not be revoked at the identity provider', {
          reason: (error as Error).message,
        });
      }
    },
  };
}

const toSession = (accessToken: string, principal: Principal): OpenSession => ({
  accessToken,
  accessExpiresAt: (principal.expiresAt ?? 0) * second,
  renewal: undefined,
  principal,
});
