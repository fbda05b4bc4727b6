import { definePlugin } from '../../src/plugin.ts';
import { commands } from './commands.ts';
import { demonstrate } from './demonstration.ts';
import { createApiKeyService, toPrincipal } from './keys/api-key-service.ts';
import { type AuthenticationSettings, readAuthenticationSettings } from './settings.ts';
import { signingKeyTable } from './tokens/signing-key-repository.ts';
import { createSigningKeys, signingAlgorithm } from './tokens/signing-keys.ts';
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
    const tokens = createTokenService({ issuer, audience, keys, signingKeys, database, now, formatTime });
    await signingKeys.rotate();
    every(upkeepIntervalMs, async () => {
      await signingKeys.rotate();
      await tokens.purge();
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
        return key && toPrincipal(key, issuer);
      },
      demonstrate: () => demonstrate(keys, tokens),
    });

    return { routes: createTokenRoutes({ tokens, signingKeys }) };
  },
});
