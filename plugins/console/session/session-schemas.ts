import { Joi, type OpenSession } from '../../../src/plugin.ts';

export interface SignIn {
  name?: string;
  secret?: string;
  portal?: string;
}

export const refusedOrigin = { description: 'A page of another origin sent the call.', codes: ['ORIGIN_REFUSED'] };

const credential = Joi.string().max(512);

export const signIn = Joi.object<SignIn>({
  name: credential.description('E-mail address or API key.'),
  secret: credential,
  portal: credential.description('Token of a portal link, in place of name and secret.'),
})
  .xor('name', 'portal')
  .and('name', 'secret')
  .meta({ schemaName: 'ConsoleSignIn' });

export const session = Joi.object({
  access_token: Joi.string().required(),
  expires_in: Joi.number().integer().required().description('Seconds.'),
  email: Joi.string().allow(null).required(),
  application: Joi.string().allow(null).required(),
  organizations: Joi.alternatives(Joi.array().items(Joi.string()), Joi.valid('*')).required(),
  default_organization: Joi.string().allow(null).required(),
  scopes: Joi.array().items(Joi.string()).required(),
  portal: Joi.object({ return_url: Joi.string().allow(null).required() })
    .allow(null)
    .required()
    .description('Of a session that a portal link has opened.')
    .meta({ schemaName: 'ConsolePortal' }),
}).meta({ schemaName: 'ConsoleSession' });

export const sessionExample = {
  access_token: 'eyJhbGciOiJFUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJoa18xIn0.c2lnbmF0dXJl',
  expires_in: 3600,
  email: 'joe@example.com',
  application: null,
  organizations: ['myorg'],
  default_organization: 'myorg',
  scopes: ['integration:read', 'integration:write'],
  portal: null,
};

/** The session as pages get it, at this time in microseconds. */
export const toAnswer = ({ accessToken, accessExpiresAt, principal, portal }: OpenSession, at: number) => ({
  access_token: accessToken,
  expires_in: secondsUntil(accessExpiresAt, at),
  email: principal.email ?? null,
  application: principal.application ?? null,
  organizations: principal.organizations,
  default_organization: principal.defaultOrganization ?? null,
  scopes: [...principal.scopes],
  portal: portal ? { return_url: portal.returnUrl ?? null } : null,
});

export const secondsUntil = (end: number, at: number): number => Math.max(0, Math.floor((end - at) / 1_000_000));
