import { type Authentication, authenticationTypes, type Distributor, type Meta, mask } from './distributor.ts';
import type { DistributorInput, MetaInput } from './distributor-schemas.ts';

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

function metaAnswer({ host, path, method, authentication }: Meta, sent: MetaInput | undefined) {
  const shown = sent ? sent.authentication : authentication && masked(authentication);
  return { host, path, method, ...(shown ? { authentication: shown } : {}) };
}

const masked = (authentication: Authentication): Authentication =>
  authentication.type === authenticationTypes.basic
    ? { ...authentication, password: mask }
    : { ...authentication, token: mask };
