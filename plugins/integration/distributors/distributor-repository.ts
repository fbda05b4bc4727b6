import type { Encryption, Knex } from '../../../src/plugin.ts';
import { countRows } from '../apigee/apigee-lists.ts';
import type { SigningSecrets } from '../signing-secret.ts';
import type { Distributor } from './distributor.ts';
import { createDistributorRows, type DistributorRow as Row, distributorTable as table } from './distributor-rows.ts';

/** A distributor as a recipient of events: the part that enqueueing needs, of which nothing is encrypted. */
export interface Recipient {
  id: string;
  organization: string;
  /** Null, like the path, without a webhook. */
  method: string | null;
  path: string | null;
}

const recipientColumns = ['id', 'organization', 'method', 'path'] as const;

export interface Page {
  distributors: Distributor[];
  total: number;
}

export type DistributorRepository = ReturnType<typeof createDistributorRepository>;

/** Distributors by organization; credentials and secrets are encrypted in the table. */
export function createDistributorRepository(db: Knex, encryption: Encryption) {
  const { toMetaColumns, toSecretColumns, toDistributor, toSecrets } = createDistributorRows(encryption);
  const found = (row: Row | undefined): Distributor | undefined => row && toDistributor(row);

  return {
    async insert(distributor: Distributor, secrets: SigningSecrets): Promise<void> {
      await db<Row>(table).insert({
        id: distributor.id,
        organization: distributor.organization,
        node_id: distributor.nodeId,
        created_at: distributor.createdAt,
        updated_at: distributor.updatedAt,
        ...toMetaColumns(distributor),
        ...toSecretColumns(secrets, distributor),
      });
    },

    /** Finds distributors of any organization: the dispatcher knows only their ids. */
    async findMany(
      ids: readonly string[],
    ): Promise<{ distributor: Distributor; secrets: SigningSecrets | undefined }[]> {
      const rows: Row[] = await db<Row>(table).whereIn('id', ids);
      return rows.map((row) => ({ distributor: toDistributor(row), secrets: toSecrets(row) }));
    },

    /** Finds recipients of any organization, by id. */
    async findRecipients(ids: readonly string[]): Promise<ReadonlyMap<string, Recipient>> {
      const rows: Recipient[] = await db<Row>(table)
        .whereIn('id', [...new Set(ids)])
        .select(recipientColumns);
      return new Map(rows.map((row) => [row.id, row]));
    },

    /** Finds the distributors of a node that have a webhook, ordered by id: one page, behind the id `after`. */
    async findRecipientsOfNode(
      organization: string,
      nodeId: string,
      after: string,
      limit: number,
    ): Promise<Recipient[]> {
      return db<Row>(table)
        .where({ organization, node_id: nodeId })
        .where('id', '>', after)
        .whereNotNull('host')
        .orderBy('id')
        .limit(limit)
        .select(recipientColumns);
    },

    /**
     * Undefined when the distributor does not exist; `secrets` is undefined when it was saved before distributors had
     * any.
     */
    async findSecrets(organization: string, id: string): Promise<{ secrets: SigningSecrets | undefined } | undefined> {
      const row = await db<Row>(table).where({ organization, id }).forUpdate().first();
      return row && { secrets: toSecrets(row) };
    },

    async setSecrets(organization: string, id: string, secrets: SigningSecrets): Promise<void> {
      await db<Row>(table).where({ organization, id }).update(toSecretColumns(secrets, { id, organization }));
    },

    find: async (organization: string, id: string): Promise<Distributor | undefined> =>
      found(await db<Row>(table).where({ organization, id }).first()),

    /** Finds a distributor and locks its row against other transactions. */
    findForUpdate: async (organization: string, id: string): Promise<Distributor | undefined> =>
      found(await db<Row>(table).where({ organization, id }).forUpdate().first()),

    count: (organization: string): Promise<number> => countRows(db<Row>(table).where({ organization })),

    /** Lists distributors, newest first; `page` starts at 1. */
    async list(filter: { organization: string; nodeId?: string }, page: number, perPage: number): Promise<Page> {
      const where = {
        organization: filter.organization,
        ...(filter.nodeId === undefined ? {} : { node_id: filter.nodeId }),
      };
      const total = await countRows(db<Row>(table).where(where));
      const rows: Row[] = await db<Row>(table)
        .where(where)
        .orderBy('id', 'desc')
        .limit(perPage)
        .offset((page - 1) * perPage);
      return { distributors: rows.map(toDistributor), total };
    },

    async update(distributor: Distributor): Promise<void> {
      const { organization, id } = distributor;
      await db<Row>(table)
        .where({ organization, id })
        .update({ updated_at: distributor.updatedAt, ...toMetaColumns(distributor) });
    },

    /** Resolves to false when the distributor does not exist. */
    async delete(organization: string, id: string): Promise<boolean> {
      return (await db<Row>(table).where({ organization, id }).delete()) === 1;
    },
  };
}
