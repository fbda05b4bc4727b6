import type { Database, Knex } from '../../../src/plugin.ts';
import { createRefreshTokenRepository, type RefreshToken } from './refresh-token-repository.ts';

/**
 * Sign-ins of one key whose tokens are live, for programs and for sessions of people each. A thousand programs that share a key
 * may all start again at once: their earlier tokens expire first, and no live one has to give way.
 */
const maxFamilies = 2000;
/** More than one, because sign-ins at the same moment end the same family. */
const endedAtOnce = 20;

/** Stores the first token of a key's family, and ends the families beyond the limit whose tokens expire first. */
export async function beginFamily(
  trx: Knex,
  database: Pick<Database, 'useIndex'>,
  first: Omit<RefreshToken, 'usedAt'>,
): Promise<void> {
  const tokens = createRefreshTokenRepository(trx);
  await tokens.insert(first);
  const excess = await tokens.familiesBeyond(database, first, { kept: maxFamilies, limit: endedAtOnce });
  for (const family of excess) await tokens.deleteFamily(family);
}
