import type { Knex } from '../../../src/plugin.ts';

export interface PortalLink {
  /** Subject of the tokens of its session. */
  id: string;
  tokenHash: string;
  organization: string;
  /** Scopes separated by spaces. */
  scope: string;
  returnUrl: string | undefined;
  /** Its revocation ends the link; undefined: an outside issuer has signed the creator in. */
  apiKey: string | undefined;
  /** Microseconds: link and session end at it. */
  expiresAt: number;
}

interface Row {
  id: string;
  token_hash: string;
  organization: string;
  scope: string;
  return_url: string | null;
  api_key: string | null;
  expires_at: number;
  used_at: number | null;
}

const table = 'authentication_portal_links';

/** Portal links, with the hashes of their tokens. Expired ones are not found. */
export function createPortalLinkRepository(db: Knex) {
  return {
    async insert(link: PortalLink): Promise<void> {
      await db<Row>(table).insert({
        id: link.id,
        token_hash: link.tokenHash,
        organization: link.organization,
        scope: link.scope,
        return_url: link.returnUrl ?? null,
        api_key: link.apiKey ?? null,
        expires_at: link.expiresAt,
        used_at: null,
      });
    },

    /** A link that has opened its session. */
    async findUsed(id: string, at: number): Promise<PortalLink | undefined> {
      const row = await db<Row>(table).where({ id }).whereNotNull('used_at').where('expires_at', '>', at).first();
      return row && toPortalLink(row);
    },

    async findUnused(tokenHash: string, at: number): Promise<PortalLink | undefined> {
      const unused = db<Row>(table).where({ token_hash: tokenHash }).whereNull('used_at');
      const row = await unused.where('expires_at', '>', at).first();
      return row && toPortalLink(row);
    },

    /** One conditional UPDATE: of two concurrent callers, only one succeeds. */
    async use(id: string, at: number): Promise<boolean> {
      const unused = db<Row>(table).where({ id }).whereNull('used_at').where('expires_at', '>', at);
      return (await unused.update({ used_at: at })) === 1;
    },

    async count(organization: string, at: number): Promise<number> {
      const [row] = await db(table).where({ organization }).where('expires_at', '>', at).count({ count: '*' });
      return Number(row?.count ?? 0);
    },

    /** Deletes at most `limit` links that expired before `at`; resolves to the number of deleted links. */
    async deleteExpired(at: number, limit: number): Promise<number> {
      const ids: string[] = await db<Row>(table).where('expires_at', '<=', at).limit(limit).pluck('id');
      if (ids.length > 0) await db<Row>(table).whereIn('id', ids).delete();
      return ids.length;
    },
  };
}

const toPortalLink = (row: Row): PortalLink => ({
  id: row.id,
  tokenHash: row.token_hash,
  organization: row.organization,
  scope: row.scope,
  returnUrl: row.return_url ?? undefined,
  apiKey: row.api_key ?? undefined,
  expiresAt: row.expires_at,
});
