import type { Database, Knex } from '../../../src/plugin.ts';

export interface RefreshToken {
  tokenHash: string;
  /** Id shared by all tokens that descend from one sign-in. */
  family: string;
  /** Subject of the holder: an API key, or a portal link. */
  subject: string;
  expiresAt: number;
  familyExpiresAt: number;
  usedAt: number | undefined;
}

interface Row {
  token_hash: string;
  family: string;
  api_key: string;
  expires_at: number;
  family_expires_at: number;
  used_at: number | null;
}

const table = 'authentication_refresh_tokens';
const liveIndex = 'authentication_refresh_tokens_api_key_used_at_expires_at_family';

/** Ids of families begin with it if they are sessions of people. */
export const sessionPrefix = 'session_';

export function createRefreshTokenRepository(db: Knex) {
  return {
    async insert(token: Omit<RefreshToken, 'usedAt'>): Promise<void> {
      await db<Row>(table).insert({
        token_hash: token.tokenHash,
        family: token.family,
        api_key: token.subject,
        expires_at: token.expiresAt,
        family_expires_at: token.familyExpiresAt,
        used_at: null,
      });
    },

    async find(tokenHash: string): Promise<RefreshToken | undefined> {
      const row = await db<Row>(table).where({ token_hash: tokenHash }).first();
      return row && toRefreshToken(row);
    },

    /** All tokens of a family, locked against other transactions. */
    async lockFamily(family: string): Promise<RefreshToken[]> {
      const rows: Row[] = await db<Row>(table).where({ family }).forUpdate();
      return rows.map(toRefreshToken);
    },

    async hasFamily(family: string): Promise<boolean> {
      return (await db<Row>(table).where({ family }).first('family')) !== undefined;
    },

    /**
     * Families of the holder and kind of `like` behind the `kept` ones whose tokens expire last; at most `limit`. Each has
     * one token that has not been used, and the index of those is all that is read.
     */
    async familiesBeyond(
      { useIndex }: Pick<Database, 'useIndex'>,
      like: Pick<RefreshToken, 'subject' | 'family'>,
      { kept, limit }: { kept: number; limit: number },
    ): Promise<string[]> {
      const isSession = like.family.startsWith(sessionPrefix);
      return db
        .from(db.raw(`${table}${useIndex(liveIndex)}`))
        .where({ api_key: like.subject })
        .whereNull('used_at')
        .where('family', isSession ? 'like' : 'not like', `${sessionPrefix}%`)
        .orderBy([
          { column: 'expires_at', order: 'desc' },
          { column: 'family', order: 'desc' },
        ])
        .offset(kept)
        .limit(limit)
        .pluck('family');
    },

    /** One conditional UPDATE: of two concurrent callers with the same token, only one succeeds. */
    async use(tokenHash: string, at: number): Promise<boolean> {
      const changed = await db<Row>(table)
        .where({ token_hash: tokenHash })
        .whereNull('used_at')
        .where('expires_at', '>', at)
        .update({ used_at: at });
      return changed === 1;
    },

    /** Drops the successor of a used token, which has not been used, and counts the token as used just now. */
    async useAgain({ tokenHash, family }: RefreshToken, at: number): Promise<void> {
      await db<Row>(table).where({ family }).whereNull('used_at').delete();
      await db<Row>(table).where({ token_hash: tokenHash }).update({ used_at: at });
    },

    /**
     * Deletes a family, including a token that is being renewed at the moment. A DELETE that waits for the renewal's
     * lock may miss the successor, because the successor is inserted behind the scan. The renewal therefore keeps the
     * used token in the table, and locked until the successor is visible: a DELETE that finds no rows has missed none.
     */
    async deleteFamily(family: string): Promise<void> {
      while ((await db<Row>(table).where({ family }).delete()) > 0);
    },

    /** Deletes at most `limit` tokens that expired before `at`; resolves to the number of deleted tokens. */
    async deleteExpired(at: number, limit: number): Promise<number> {
      const hashes: string[] = await db<Row>(table).where('expires_at', '<', at).limit(limit).pluck('token_hash');
      if (hashes.length > 0) await db<Row>(table).whereIn('token_hash', hashes).delete();
      return hashes.length;
    },
  };
}

const toRefreshToken = (row: Row): RefreshToken => ({
  tokenHash: row.token_hash,
  family: row.family,
  subject: row.api_key,
  expiresAt: row.expires_at,
  familyExpiresAt: row.family_expires_at,
  usedAt: row.used_at ?? undefined,
});
