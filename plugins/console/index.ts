import { join } from 'node:path';
import { definePlugin, type PluginContext } from '../../src/plugin.ts';
import { createIdentityProvider } from './session/oidc/identity-provider.ts';
import { createProviderRoutes } from './session/oidc/provider-routes.ts';
import { createProviderSessions } from './session/oidc/provider-sessions.ts';
import { createSessionRoutes } from './session/session-routes.ts';
import { type ConsoleSettings, readConsoleSettings } from './settings.ts';

/** Web pages for people who look after webhooks and deliveries. */
export const console = definePlugin<ConsoleSettings>({
  name: 'console',
  apiVersion: 1,
  summary: 'Web pages for webhooks, rate plans, distributors and deliveries.',
  configure: readConsoleSettings,

  async setup(context) {
    const { settings, sessions, version, encryption, logger, now } = context;
    if (settings.CONSOLE === 'off') return { routes: [] };
    const outside = await openOutside(context);
    const tag = 'Console';
    return {
      pages: {
        prefix: '/console',
        folder: join(import.meta.dirname, 'dist'),
        remedy: 'Run "npm run console" in the checkout, or set CONSOLE=off.',
        isFront: true,
      },
      tags: { [tag]: 'Sessions of people in a browser.' },
      routes: [
        ...createSessionRoutes({ sessions, outside: outside?.sessions, version, now }),
        ...createProviderRoutes({ outside, encryption, logger, now }),
      ].map((route) => ({ ...route, tag })),
    };
  },
});

/** Sign-in at the outside identity provider; undefined if none is set up. */
async function openOutside({ settings, verifyToken, encryption, logger, now }: PluginContext<ConsoleSettings>) {
  const { JWT_ISSUER: issuer, CONSOLE_OIDC_CLIENT_ID: clientId } = settings;
  if (issuer === undefined || clientId === undefined) return undefined;
  const { CONSOLE_OIDC_SCOPE: scope, CONSOLE_OIDC_PARAMETERS: parameters = '' } = settings;
  const oauth = await import('oauth4webapi');
  const provider = createIdentityProvider({ oauth, issuer, clientId, scope, parameters, now });
  return { provider, sessions: createProviderSessions({ provider, verifyToken, encryption, logger, now }) };
}
