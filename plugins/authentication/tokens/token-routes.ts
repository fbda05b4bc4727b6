import Joi from 'joi';
import { unauthorized } from '../../../src/errors.ts';
import { defineRoute, type Route, type RouteRequest } from '../../../src/plugin.ts';
import { type SigningKeys, signingAlgorithm } from './signing-keys.ts';
import type { TokenService } from './token-service.ts';

interface Credentials {
  api_key?: string;
  secret_key?: string;
}

const secretText = Joi.string().max(512);

const credentials = Joi.object<Credentials>({ api_key: secretText, secret_key: secretText })
  .and('api_key', 'secret_key')
  .meta({ schemaName: 'ApiKeyCredentials' });

const tokenPair = Joi.object({
  access_token: Joi.string().required(),
  refresh_token: Joi.string().required(),
  token_type: Joi.valid('Bearer').required(),
  expires_in: Joi.number().integer().required().description('Seconds.'),
  expires_at: Joi.string().isoDate().required(),
}).meta({ schemaName: 'TokenPair' });

const tokenPairExample = {
  access_token: 'eyJhbGciOiJFUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJoa18xIn0.c2lnbmF0dXJl',
  refresh_token: 'Yx3mO0l7r3m1m7V1c0d6f9Qk2n8s4t5u6v7w8x9y0zA',
  token_type: 'Bearer',
  expires_in: 3600,
  expires_at: '2026-01-01T01:00:00.000000Z',
};

const answers = {
  200: {
    description: 'A new access and refresh token.',
    schema: tokenPair,
    example: tokenPairExample,
    ids: ['/refresh_token'],
  },
  401: { description: 'The credentials are invalid.', codes: ['UNAUTHORIZED'] },
  429: { description: 'Too many failed attempts for this key from this address.', codes: ['RATE_LIMITED'] },
};

/** Key and secret of the body, else of the headers; empty where there are none. */
function credentialsOf({ body, headers }: RouteRequest<unknown, unknown, Credentials>) {
  return {
    apiKey: body.api_key ?? String(headers['api-key'] ?? ''),
    secret: body.secret_key ?? String(headers['api-secret'] ?? ''),
  };
}

/** Sign-in, token renewal and the public keys: routes that need no credentials. */
/** Bytes. Strangers send these bodies, and the longest valid one is a few hundred bytes long. */
const bodyLimit = 4096;

export function createTokenRoutes({
  tokens,
  signingKeys,
}: {
  tokens: TokenService;
  signingKeys: SigningKeys;
}): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/integration/auth/authenticate',
      operationId: 'createAccessToken',
      summary: 'Sign in with an API key',
      description: 'Send the key and its secret in the body, or in the headers `Api-Key` and `Api-Secret`.',
      public: true,
      signIn: (req) => credentialsOf(req).apiKey,
      body: credentials,
      bodyLimit,
      answers,
      example: {
        body: { api_key: 'hk_000102030405060708090a0b', secret_key: 'the-secret-shown-when-the-key-was-made' },
      },
      handler: async (req, res) => {
        const { apiKey, secret } = credentialsOf(req);
        if (apiKey === '' || secret === '') throw unauthorized('no API key');
        res.json(await tokens.authenticate(apiKey, secret));
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/integration/auth/refresh',
      operationId: 'refreshAccessToken',
      summary: 'Exchange a refresh token for a new token pair',
      description:
        'A refresh token works once. Reusing it more than 10 seconds later revokes every refresh token of the same sign-in.',
      public: true,
      // A refresh token is its own name, and has none before it is found.
      signIn: () => '',
      body: Joi.object<{ refresh_token: string }>({ refresh_token: secretText.required() }).meta({
        schemaName: 'RefreshTokenInput',
      }),
      bodyLimit,
      answers,
      example: { body: { refresh_token: tokenPairExample.refresh_token } },
      handler: async (req, res) => {
        res.json(await tokens.refresh(req.body.refresh_token));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/.well-known/jwks.json',
      operationId: 'listPublicKeys',
      summary: 'Public keys of the issued access tokens',
      public: true,
      answers: {
        200: {
          description: 'A JSON Web Key Set (RFC 7517).',
          schema: Joi.object({
            keys: Joi.array()
              .items(Joi.object().unknown().meta({ schemaName: 'JsonWebKey' }))
              .required(),
          }).meta({ schemaName: 'JsonWebKeySet' }),
          example: { keys: [{ kty: 'EC', crv: 'P-256', x: '…', y: '…', kid: '1', alg: signingAlgorithm, use: 'sig' }] },
        },
      },
      handler: async (_req, res) => {
        const keys = await signingKeys.publicKeys();
        res.json({
          keys: keys.map(({ kid, publicKey }) => ({
            ...publicKey.export({ format: 'jwk' }),
            kid,
            alg: signingAlgorithm,
            use: 'sig',
          })),
        });
      },
    }),
  ];
}
