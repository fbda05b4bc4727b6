import { unauthorized } from '../../../src/errors.ts';
import {
  type Clock,
  defineRoute,
  Joi,
  type OpenSession,
  type Response,
  type Route,
  type SessionProvider,
} from '../../../src/plugin.ts';
import { type Cookie, sessionCookie } from './cookies.ts';
import { isOfProvider } from './oidc/kept-tokens.ts';
import type { ProviderSessions } from './oidc/provider-sessions.ts';
import {
  refusedOrigin,
  type SignIn,
  secondsUntil,
  session,
  sessionExample,
  signIn,
  toAnswer,
} from './session-schemas.ts';

const base = '/console/session';
/** Bytes. Anybody can send these bodies. */
const bodyLimit = 4096;
const setsCookie = { 'Set-Cookie': 'The cookie of the session, which no script reads.' };

export interface SessionRouteParts {
  sessions: SessionProvider;
  /** Sessions of the outside identity provider; undefined: none is set up. */
  outside: ProviderSessions | undefined;
  version: string;
  now: Clock;
}

/** Sign-in of people: the cookie keeps the session, and the page gets an access token for its memory. */
export function createSessionRoutes({ sessions, outside, version, now }: SessionRouteParts): Route[] {
  /** Undefined: no provider is set up any more for the session of this cookie. */
  const keeperOf = (value: string) => (isOfProvider(value) ? outside : sessions);

  function keep(res: Response, cookie: Cookie, { renewal }: OpenSession): void {
    if (renewal) cookie.write(res, renewal.token, secondsUntil(renewal.expiresAt, now()));
  }

  return [
    defineRoute({
      method: 'GET',
      path: `${base}/methods`,
      operationId: 'getSignInMethods',
      summary: 'Ways to sign in',
      public: true,
      ownPages: true,
      answers: {
        200: {
          description: 'Whether people can sign in at the outside identity provider, and the version of the gateway.',
          schema: Joi.object({ oidc: Joi.boolean().required(), version: Joi.string().required() }).meta({
            schemaName: 'SignInMethods',
          }),
          example: { oidc: false, version: '1.0.0' },
        },
        403: refusedOrigin,
      },
      handler: (_req, res) => res.json({ oidc: outside !== undefined, version }),
    }),
    defineRoute<unknown, unknown, SignIn>({
      method: 'POST',
      path: base,
      operationId: 'createConsoleSession',
      summary: 'Sign in',
      description: 'With the name and secret of an API key, or with the token of a portal link.',
      public: true,
      ownPages: true,
      signIn: ({ body }) => body.name ?? '',
      body: signIn,
      bodyLimit,
      answers: {
        200: { description: 'The session.', schema: session, example: sessionExample, headers: setsCookie },
        401: {
          description: 'The credentials are invalid, or the portal link is used or has expired.',
          codes: ['UNAUTHORIZED'],
        },
        403: refusedOrigin,
        429: { description: 'Too many failed attempts for this name from this address.', codes: ['RATE_LIMITED'] },
      },
      example: {
        bodies: {
          'With name and secret': { name: 'joe@example.com', secret: 'the-secret-shown-when-the-key-was-made' },
          'With a portal link': { portal: 'Yx3mO0l7r3m1m7V1c0d6f9Qk2n8s4t5u6v7w8x9y0zA' },
        },
      },
      handler: async (req, res) => {
        const { name = '', secret = '', portal } = req.body;
        const opened = await (portal === undefined ? sessions.signIn(name, secret) : sessions.openPortal(portal));
        if (!opened) throw unauthorized('wrong name or secret, or a portal link that is used or has expired');
        const cookie = sessionCookie(req.publicOrigin);
        const previous = cookie.read(req);
        if (previous !== undefined) await keeperOf(previous)?.end(previous);
        keep(res, cookie, opened);
        res.json(toAnswer(opened, now()));
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${base}/renew`,
      operationId: 'renewConsoleSession',
      summary: 'Renew the session of the cookie',
      description: 'Works for several tabs at the same moment, and again after an answer that was lost.',
      public: true,
      ownPages: true,
      signIn: () => '',
      answers: {
        200: {
          description: 'The session, with a new access token; null without a session, or if it has ended.',
          schema: Joi.object({ session: session.allow(null).required() }).meta({ schemaName: 'RenewedConsoleSession' }),
          example: { session: sessionExample },
          headers: setsCookie,
        },
        403: refusedOrigin,
      },
      handler: async (req, res) => {
        const cookie = sessionCookie(req.publicOrigin);
        const token = cookie.read(req);
        const renewed = token === undefined ? undefined : await keeperOf(token)?.renew(token);
        if (renewed) keep(res, cookie, renewed);
        else if (token !== undefined) cookie.clear(res);
        res.json({ session: renewed ? toAnswer(renewed, now()) : null });
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: base,
      operationId: 'endConsoleSession',
      summary: 'Sign out',
      description: 'Ends the session of the cookie; its access tokens end within a minute.',
      public: true,
      ownPages: true,
      answers: { 204: { description: 'No session is left.', headers: setsCookie }, 403: refusedOrigin },
      handler: async (req, res) => {
        const cookie = sessionCookie(req.publicOrigin);
        const token = cookie.read(req);
        if (token !== undefined) await keeperOf(token)?.end(token);
        cookie.clear(res);
        res.status(204).end();
      },
    }),
  ];
}
