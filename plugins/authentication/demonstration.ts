import type { Demonstration } from '../../src/plugin.ts';
import type { ApiKeyService } from './keys/api-key-service.ts';
import type { TokenService } from './tokens/token-service.ts';

const demo = { email: 'demo@example.com', organizations: ['myorg'], scope: 'integration:read integration:write' };

/** Makes the demo key if there has never been a key, and a token for it as long as it has not been revoked. */
export async function demonstrate(keys: ApiKeyService, tokens: TokenService): Promise<Demonstration | undefined> {
  const created = (await keys.count()) === 0 ? await keys.create(demo) : undefined;
  // It is the first key that there ever was: another one with this address is somebody's own.
  const [key] = await keys.list();
  if (key?.email !== demo.email || key.revokedAt !== undefined) return undefined;
  return { accessToken: await tokens.accessToken(key), ...(created ? { created } : {}) };
}
