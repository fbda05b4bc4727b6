import { randomBytes } from 'node:crypto';
import { forbidden, limitReached, unauthorized } from '../../../src/errors.ts';
import type { Clock, Database, Knex, NewPortalLink } from '../../../src/plugin.ts';
import { hashOf } from '../tokens/refresh-token.ts';
import { isLinkId, linkId } from '../tokens/token-holder.ts';
import { createPortalLinkRepository } from './portal-link-repository.ts';

/** Links of an organization that have not expired. */
const maxLinks = 1000;
const purgeBatch = 500;

export type PortalLinkService = ReturnType<typeof createPortalLinkService>;

/** Links that open one session each, for one organization and scopes of their creator. */
export function createPortalLinkService({ issuer, database, now }: { issuer: string; database: Database; now: Clock }) {
  /** The key whose revocation ends the link, and the end of the creator's own session if a link has opened it. */
  async function boundsOf(trx: Knex, { creator, expiresAt }: NewPortalLink) {
    if (creator.issuer !== issuer) return { apiKey: undefined, expiresAt };
    if (!isLinkId(creator.subject)) return { apiKey: creator.subject, expiresAt };
    const parent = await createPortalLinkRepository(trx).findUsed(creator.subject, now());
    if (!parent) throw unauthorized('the session of a portal link has ended');
    return { apiKey: parent.apiKey, expiresAt: Math.min(expiresAt, parent.expiresAt) };
  }

  return {
    async create(trx: Knex, wanted: NewPortalLink): Promise<{ token: string; expiresAt: number }> {
      const { creator, organization, scopes, returnUrl } = wanted;
      const missing = scopes.filter((scope) => !creator.scopes.has(scope));
      if (missing.length > 0) throw forbidden(missing);
      const links = createPortalLinkRepository(trx);
      if ((await links.count(organization, now())) >= maxLinks) throw limitReached('portal links', maxLinks);
      const { apiKey, expiresAt } = await boundsOf(trx, wanted);
      const token = randomBytes(32).toString('base64url');
      const scope = [...new Set(scopes)].join(' ');
      const id = linkId(randomBytes(12).toString('hex'));
      await links.insert({ id, tokenHash: hashOf(token), organization, scope, returnUrl, apiKey, expiresAt });
      return { token, expiresAt };
    },

    async purge(): Promise<void> {
      const purgeSome = () =>
        database.transaction((trx) => createPortalLinkRepository(trx).deleteExpired(now(), purgeBatch));
      while ((await purgeSome()) === purgeBatch);
    },
  };
}
