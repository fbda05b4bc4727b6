import { definePlugin } from '../../src/plugin.ts';
import { commands } from './commands.ts';
import { demonstrate } from './demonstration.ts';
import { createApiKeyService } from './keys/api-key-service.ts';
import { createPortalLinkService } from './portal-links/portal-link-service.ts';
import { createSessionService } from './sessions/session-service.ts';
import { type AuthenticationSettings, readAuthenticationSettings } from './settings.ts';
import { createAccessTokenSigner } from './tokens/access-token-signer.ts';
import { signingKeyTable } from './tokens/signing-key-repository.ts';
import { createSigningKeys, signingAlgorithm } from './tokens/signing-keys.ts';
import { createTokenHolders, holderOf, toPrincipal } from './tokens/token-holder.ts';
import { createTokenRoutes } from './tokens/token-routes.ts';
import { createTokenService } from './tokens/token-service.ts';

const upkeepIntervalMs = 60_000;

/** API keys and the access and refresh tokens that are issued for them. */
export const authentication = definePlugin<AuthenticationSettings>({
  name: 'authentication',
  apiVersion: 1,
  summary: 'Sign in with an API key and get tokens for the other targets.',
  prefixes: ['/.well-known/jwks.json'],
  configure: readAuthenticationSettings,
  commands,
  encrypted: [{ table: signingKeyTable, key: 'kid', columns: ['private_key'] }],

  async setup({ settings, database, encryption, now, formatTime, provideIdentity, every }) {
    const { TOKEN_ISSUER: issuer, TOKEN_AUDIENCE: audience, MAX_KEYS: maxKeys } = settings;
    const keys = createApiKeyService({ database, maxKeys, now });
    const signingKeys = createSigningKeys({ database, encryption, now });
    const signAccess = createAccessTokenSigner({ issuer, audience, signingKeys, now });
    const holders = createTokenHolders({ keys, database, now });
    const links = createPortalLinkService({ issuer, database, now });
    const tokens = createTokenService({ issuer, keys, holders, signAccess, database, now, formatTime });
    await signingKeys.rotate();
    every(upkeepIntervalMs, async () => {
      await signingKeys.rotate();
      await tokens.purge();
      await links.purge();
    });

    provideIdentity({
      issuer: {
        issuer,
        audience,
        algorithms: [signingAlgorithm],
        keyFor: async (keyId) => (keyId === undefined ? undefined : signingKeys.find(keyId)),
        principalFor: (claims) => tokens.principalFor(claims),
        onKeysChanged: (listener) => signingKeys.onChanged(listener),
      },
      verifyBasic: async (username, password) => {
        const key = await keys.findBySecret(username, password);
        return key && toPrincipal(holderOf(key), issuer);
      },
      sessions: createSessionService({ issuer, keys, holders, links, signAccess, database, now }),
      demonstrate: () => demonstrate(keys, tokens),
    });

    const tag = 'Tokens';
    return {
      tags: { [tag]: 'Sign-in with an API key, new tokens for old ones, and the keys that verify them.' },
      routes: createTokenRoutes({ tokens, signingKeys }).map((route) => ({ ...route, tag })),
    };
  },
});
