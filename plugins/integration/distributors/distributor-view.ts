import { type Authentication, authenticationTypes, type Distributor, type Meta, mask } from './distributor.ts';
import type { DistributorPage } from './distributor-repository.ts';
import type { DistributorInput, MetaInput, PageInput } from './distributor-schemas.ts';

/** Renders a distributor for an answer. Secrets are masked, except the credentials that the caller has just sent. */
export function toAnswer(distributor: Distributor, formatTime: (micros: number) => string, sent?: DistributorInput) {
  return {
    id: distributor.id,
    node_id: distributor.nodeId,
    meta: distributor.meta ? metaAnswer(distributor.meta, sent?.meta ?? undefined) : null,
    created_at: formatTime(distributor.createdAt),
    updated_at: formatTime(distributor.updatedAt),
  };
}

/** Renders a page: its entries, then its place, in one order for any part of the list. */
export const toPage = (
  { distributors, total }: DistributorPage,
  { page, per_page }: PageInput,
  formatTime: (micros: number) => string,
) => ({ distributors: distributors.map((each) => toAnswer(each, formatTime)), total, page, per_page });

function metaAnswer({ host, path, method, authentication }: Meta, sent: MetaInput | undefined) {
  const shown = sent ? sent.authentication : authentication && masked(authentication);
  return { host, path, method, ...(shown ? { authentication: typed(shown) } : {}) };
}

/** The type comes first, also where the fields have decided it. */
const typed = ({ type, ...credentials }: Authentication) => ({ type, ...credentials });

const masked = (authentication: Authentication): Authentication =>
  authentication.type === authenticationTypes.basic
    ? { ...authentication, password: mask }
    : { ...authentication, token: mask };
