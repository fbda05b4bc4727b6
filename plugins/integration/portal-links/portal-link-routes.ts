import Joi from 'joi';
import { type Clock, defineRoute, type Principal, type Route, type SessionProvider } from '../../../src/plugin.ts';
import { matchingText } from '../text-schemas.ts';

interface PortalLinkInput {
  expires_in: number;
  scopes: string[];
  return_url?: string;
}

/** The page is a link in the console, and may be opened there: other schemes could run scripts. */
const returnUrl = matchingText(
  /^(?:https:\/\/[^\s\\/?#@]+|http:\/\/(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]{1,5})?)(?:[/?#][^\s\\]*)?$/u,
  'must be an https address without user and password; http on this machine',
  URL.canParse,
)
  .max(2000)
  .description('The page that the console leads back to.');

const input = Joi.object<PortalLinkInput>({
  expires_in: Joi.number()
    .integer()
    .min(60)
    .max(86_400)
    .default(3600)
    .description('Seconds until link and session end.'),
  scopes: Joi.array()
    .items(Joi.string().max(200).pattern(/^\S+$/))
    .min(1)
    .max(50)
    .unique()
    .default(['integration:read'])
    .description('Scopes of the session: some of your own.'),
  return_url: returnUrl,
}).meta({ schemaName: 'PortalLinkInput' });

const answer = Joi.object({ url: Joi.string().required(), expires_at: Joi.string().isoDate().required() }).meta({
  schemaName: 'PortalLink',
});

export interface PortalLinkRouteParts {
  sessions: SessionProvider;
  now: Clock;
  formatTime: (micros: number) => string;
}

/** Links to the console for people without an API key, such as a team's own customers. */
export function createPortalLinkRoutes({ sessions, now, formatTime }: PortalLinkRouteParts): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/integration/portal-links',
      operationId: 'createPortalLink',
      summary: 'Create a link that signs in to the console once',
      description:
        'The session is for the organization of the call and these scopes, and ends with the link. The token stands behind the `#`, which no server sees.',
      scopes: ['integration:write'],
      body: input,
      answers: {
        201: {
          description: 'The link.',
          schema: answer,
          example: {
            url: 'https://hooks.example.com/console/portal#Yx3mO0l7r3m1m7V1c0d6f9Qk2n8s4t5u6v7w8x9y0zA',
            expires_at: '2026-01-01T01:00:00.000000Z',
          },
        },
        403: { description: 'You lack one of the scopes.', codes: ['FORBIDDEN'] },
        409: { description: 'The organization has 1000 links that have not expired.', codes: ['LIMIT_REACHED'] },
      },
      example: {
        body: { expires_in: 3600, scopes: ['integration:read'], return_url: 'https://shop.example.com/account' },
      },
      transact: async (req, trx) => {
        const { expires_in: seconds, scopes, return_url: returnUrl } = req.body;
        const { token, expiresAt } = await sessions.createPortalLink(trx, {
          creator: req.principal as Principal,
          organization: req.organization,
          scopes,
          expiresAt: now() + seconds * 1_000_000,
          returnUrl,
        });
        const url = `${req.publicOrigin}/console/portal#${token}`;
        return { status: 201, body: { url, expires_at: formatTime(expiresAt) } };
      },
    }),
  ];
}
