import { notFound } from '../../../../src/errors.ts';
import { type Clock, defineRoute, type Encryption, Joi, type Logger, type Route } from '../../../../src/plugin.ts';
import { attemptCookie, sessionCookie } from '../cookies.ts';
import { refusedOrigin, secondsUntil } from '../session-schemas.ts';
import type { Attempt, IdentityProvider } from './identity-provider.ts';
import type { ProviderSessions } from './provider-sessions.ts';

export interface ProviderRouteParts {
  /** Undefined: no identity provider is set up. */
  outside: { provider: IdentityProvider; sessions: ProviderSessions } | undefined;
  encryption: Encryption;
  logger: Logger;
  now: Clock;
}

interface KeptAttempt extends Attempt {
  redirectUri: string;
  /** Microseconds. */
  until: number;
}

const path = '/console/session/oidc';
const attemptSeconds = 600;
const second = 1_000_000;
const context = ['console_cookies', 'sign-in', ''] as const;
const pages = '/console/';
const failed = `${pages}?sign_in=failed`;

/** Sign-in at the outside identity provider: authorization code with PKCE, state and nonce. */
export function createProviderRoutes({ outside, encryption, logger, now }: ProviderRouteParts): Route[] {
  const seal = (attempt: KeptAttempt): string => encryption.encrypt(JSON.stringify(attempt), context);

  function unseal(value: string | undefined): KeptAttempt {
    if (value === undefined) throw new Error('no attempt of this browser');
    const attempt = JSON.parse(encryption.decrypt(value, context)) as KeptAttempt;
    if (now() >= attempt.until) throw new Error('the attempt has expired');
    return attempt;
  }

  /** The page shows no details: the address bar must not become a place for texts of others. */
  function fail(id: string, error: unknown): string {
    const { message, code } = error as Error & { code?: string };
    logger.warn('sign-in at the identity provider failed', { request_id: id, reason: code ?? message });
    return failed;
  }

  const requireProvider = () => {
    if (outside) return outside;
    throw notFound('Sign-in at an identity provider is not set up.');
  };
  const notSetUp = { description: 'No identity provider is set up.', codes: ['NOT_FOUND'] };

  return [
    defineRoute({
      method: 'GET',
      path,
      operationId: 'startProviderSignIn',
      summary: 'Sign in at the outside identity provider',
      description: 'For the address bar and links of the console: leads to the identity provider.',
      public: true,
      ownPages: true,
      answers: {
        302: { description: 'To the provider; back to the console with `sign_in=failed` if it cannot be reached.' },
        403: refusedOrigin,
        404: notSetUp,
      },
      handler: async (req, res) => {
        const { provider } = requireProvider();
        const redirectUri = `${req.publicOrigin}${path}/callback`;
        const attempt = provider.newAttempt();
        try {
          const address = await provider.addressFor(attempt, redirectUri);
          const kept = { ...attempt, redirectUri, until: now() + attemptSeconds * second };
          attemptCookie(req.publicOrigin).write(res, seal(kept), attemptSeconds);
          res.redirect(302, address);
        } catch (error) {
          res.redirect(302, fail(req.id, error));
        }
      },
    }),
    defineRoute<unknown, Record<string, string>>({
      method: 'GET',
      path: `${path}/callback`,
      operationId: 'finishProviderSignIn',
      summary: 'Return from the outside identity provider',
      description: 'The redirect URI of the console at the provider.',
      public: true,
      // The provider sends the browser here from another site: state and cookie tell whose attempt it is.
      signIn: () => '',
      query: Joi.object<Record<string, string>>().pattern(Joi.string(), Joi.string().max(4096).allow('')),
      answers: {
        302: {
          description: 'To the console, with the cookie of the session; with `sign_in=failed` without one.',
          headers: { 'Set-Cookie': 'The cookie of the session.' },
        },
        404: notSetUp,
      },
      handler: async (req, res) => {
        const { provider, sessions } = requireProvider();
        const cookie = attemptCookie(req.publicOrigin);
        try {
          const attempt = unseal(cookie.read(req));
          const callback = new URLSearchParams(req.query);
          const opened = await sessions.open(await provider.exchange(callback, attempt, attempt.redirectUri));
          const { renewal } = opened ?? {};
          if (!renewal) throw new Error(opened ? 'tokens too large for a cookie' : 'no token for JWT_AUDIENCE');
          cookie.clear(res);
          const seconds = secondsUntil(renewal.expiresAt, now());
          sessionCookie(req.publicOrigin).write(res, renewal.token, seconds);
          res.redirect(302, pages);
        } catch (error) {
          cookie.clear(res);
          res.redirect(302, fail(req.id, error));
        }
      },
    }),
  ];
}
