import type { Encryption, EndpointRef, Knex } from '../../../src/plugin.ts';
import { distributorKind, distributorKinds } from '../distributors/distributor.ts';
import { createDistributorRepository } from '../distributors/distributor-repository.ts';
import { webhookKind, webhookKinds } from '../webhooks/webhook.ts';
import { createWebhookRepository } from '../webhooks/webhook-repository.ts';

/** The name of an endpoint; null when it has been deleted. */
export type NameOf = (endpoint: EndpointRef) => string | null;

export type EndpointNames = ReturnType<typeof createEndpointNames>;

/** Names of endpoints for people: a webhook's own, and a distributor's node. */
export function createEndpointNames(encryption: Encryption) {
  return {
    async find(db: Knex, organization: string, endpoints: readonly EndpointRef[]): Promise<NameOf> {
      const { webhooks, distributors } = idsByKind(endpoints);
      const names = new Map([
        ...(await createWebhookRepository(db, encryption).names(organization, webhooks)),
        ...(await createDistributorRepository(db, encryption).nodeIds(organization, distributors)),
      ]);
      return ({ id }) => names.get(id) ?? null;
    },

    /** The ids of the endpoints that are turned off. */
    async disabled(db: Knex, organization: string, endpoints: readonly EndpointRef[]): Promise<ReadonlySet<string>> {
      const { webhooks, distributors } = idsByKind(endpoints);
      return new Set([
        ...(await createWebhookRepository(db, encryption).disabled(organization, webhooks)),
        ...(await createDistributorRepository(db, encryption).disabled(organization, distributors)),
      ]);
    },

    /** The distributors and webhooks among these ids. */
    async existing(db: Knex, organization: string, ids: readonly string[]): Promise<EndpointRef[]> {
      const webhooks = await createWebhookRepository(db, encryption).names(organization, ids);
      const distributors = await createDistributorRepository(db, encryption).nodeIds(organization, ids);
      return [
        ...[...webhooks.keys()].map((id) => ({ kind: webhookKind, id })),
        ...[...distributors.keys()].map((id) => ({ kind: distributorKind, id })),
      ];
    },

    /** Ids of a node's distributors, at most `limit`. */
    ofNode: (db: Knex, organization: string, nodeId: string, limit: number): Promise<string[]> =>
      createDistributorRepository(db, encryption).idsOfNode(organization, nodeId, limit),
  };
}

function idsByKind(endpoints: readonly EndpointRef[]): { webhooks: string[]; distributors: string[] } {
  const idsOf = (isWanted: (kind: string) => boolean): string[] => [
    ...new Set(endpoints.filter(({ kind }) => isWanted(kind)).map(({ id }) => id)),
  ];
  return {
    webhooks: idsOf((kind) => webhookKinds.includes(kind)),
    distributors: idsOf((kind) => distributorKinds.includes(kind)),
  };
}
