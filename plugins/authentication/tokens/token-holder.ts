import type { Clock, Database, Principal } from '../../../src/plugin.ts';
import type { ApiKey } from '../keys/api-key-repository.ts';
import type { ApiKeyService } from '../keys/api-key-service.ts';
import { createPortalLinkRepository, type PortalLink } from '../portal-links/portal-link-repository.ts';

/** The holder of tokens: an API key, or a portal link that has opened its session. */
export interface TokenHolder {
  /** The API key, or the id of the link. */
  subject: string;
  email: string | undefined;
  /** Name of the application. */
  name: string | undefined;
  organizations: readonly string[];
  /** Scopes separated by spaces. */
  scope: string;
  /** The link. */
  link?: PortalLink;
}

export interface TokenHolders {
  /** The holder with its present scopes; undefined: its key has been revoked, or its link has expired. */
  find(subject: string): Promise<TokenHolder | undefined>;
  /** The holder of a link; undefined: the API key of its creator has been revoked. */
  ofLink(link: PortalLink): Promise<TokenHolder | undefined>;
}

const linkPrefix = 'pl_';

export const linkId = (random: string): string => `${linkPrefix}${random}`;

export const isLinkId = (subject: string): boolean => subject.startsWith(linkPrefix);

export function createTokenHolders({
  keys,
  database,
  now,
}: {
  keys: ApiKeyService;
  database: Database;
  now: Clock;
}): TokenHolders {
  async function ofLink(link: PortalLink): Promise<TokenHolder | undefined> {
    const { id: subject, organization, scope } = link;
    const holder = { subject, email: undefined, name: undefined, organizations: [organization], link };
    if (link.apiKey === undefined) return { ...holder, scope };
    const creator = await keys.find(link.apiKey);
    if (!creator) return undefined;
    const held = scopesOf(creator.scope);
    return { ...holder, scope: [...scopesOf(scope).intersection(held)].join(' ') };
  }

  return {
    ofLink,
    async find(subject) {
      if (isLinkId(subject)) {
        const link = await database.read((db) => createPortalLinkRepository(db).findUsed(subject, now()));
        return link && ofLink(link);
      }
      const key = await keys.find(subject);
      return key && holderOf(key);
    },
  };
}

export const holderOf = ({ apiKey: subject, email, name, organizations, scope }: ApiKey): TokenHolder => ({
  subject,
  email,
  name,
  organizations,
  scope,
});

/** The principal of a holder, as the gateway's authorization sees it. */
export const toPrincipal = (holder: TokenHolder, issuer: string): Principal => ({
  issuer,
  subject: holder.subject,
  email: holder.email,
  application: holder.name,
  organizations: holder.organizations.includes('*') ? '*' : holder.organizations,
  defaultOrganization: holder.organizations.find((name) => name !== '*'),
  scopes: scopesOf(holder.scope),
  ...(holder.link ? { expiresAt: Math.floor(holder.link.expiresAt / 1_000_000) } : {}),
});

const scopesOf = (scope: string): Set<string> => new Set(scope.split(' ').filter(Boolean));
