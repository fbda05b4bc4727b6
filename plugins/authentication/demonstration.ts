import type { Demonstration } from '../../src/plugin.ts';
import type { ApiKeyService } from './keys/api-key-service.ts';
import type { TokenService } from './tokens/token-service.ts';

const demo = { email: 'demo@example.com', organizations: ['myorg'], scope: 'integration:read integration:write' };

/** Creates the demo key if no key has ever existed, and an access token for it until it is revoked. */
export async function demonstrate(keys: ApiKeyService, tokens: TokenService): Promise<Demonstration | undefined> {
  const created = (await keys.count()) === 0 ? await keys.create(demo) : undefined;
  // The demo key is always the oldest key; a later key with this address belongs to an operator.
  const [key] = await keys.list();
  if (key?.email !== demo.email || key.revokedAt !== undefined) return undefined;
  return { accessToken: await tokens.accessToken(key), ...(created ? { created } : {}) };
}
