import type { Encryption, Knex } from '../../../src/plugin.ts';
import type { SigningSecrets } from '../signing-secret.ts';
import type { Distributor, Meta, Method } from './distributor.ts';
import { createDistributorRows, type DistributorRow as Row, distributorTable as table } from './distributor-rows.ts';

/** A distributor as a recipient of events. */
export interface Recipient {
  id: string;
  /** Null without a webhook. */
  method: string | null;
  path: string | null;
}

export interface Page {
  distributors: Distributor[];
  total: number;
}

/** The part of a distributor that decides whether and how an event is sent to it. */
export interface Callback {
  organization: string;
  /** Undefined: the distributor has no webhook. */
  meta: Pick<Meta, 'method' | 'path'> | undefined;
}

export type DistributorRepository = ReturnType<typeof createDistributorRepository>;

/** Distributors by organization; credentials and secrets are encrypted in the table. */
export function createDistributorRepository(db: Knex, encryption: Encryption) {
  const { toMetaColumns, toSecretColumns, toDistributor, toSecrets } = createDistributorRows(encryption);

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

    /** Callbacks of distributors of any organization, by id. Decrypts nothing. */
    async findCallbacks(ids: readonly string[]): Promise<ReadonlyMap<string, Callback>> {
      const rows: Pick<Row, 'id' | 'organization' | 'host' | 'path' | 'method'>[] = await db<Row>(table)
        .whereIn('id', [...new Set(ids)])
        .select('id', 'organization', 'host', 'path', 'method');
      return new Map(
        rows.map(({ id, organization, host, path, method }) => {
          const hasWebhook = host !== null && path !== null && method !== null;
          return [id, { organization, meta: hasWebhook ? { path, method: method as Method } : undefined }];
        }),
      );
    },

    /** Finds the distributors of a node that have a webhook, ordered by id: one page, behind the id `after`. */
    async findRecipients(organization: string, nodeId: string, after: string, limit: number): Promise<Recipient[]> {
      return db<Row>(table)
        .where({ organization, node_id: nodeId })
        .where('id', '>', after)
        .whereNotNull('host')
        .orderBy('id')
        .limit(limit)
        .select('id', 'method', 'path');
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

    async find(organization: string, id: string): Promise<Distributor | undefined> {
      const row = await db<Row>(table).where({ organization, id }).first();
      return row && toDistributor(row);
    },

    /** Finds a distributor and locks its row against other transactions. */
    async findForUpdate(organization: string, id: string): Promise<Distributor | undefined> {
      const row = await db<Row>(table).where({ organization, id }).forUpdate().first();
      return row && toDistributor(row);
    },

    /** Lists distributors, newest first; `page` starts at 1. */
    async list(filter: { organization: string; nodeId?: string }, page: number, perPage: number): Promise<Page> {
      const where = {
        organization: filter.organization,
        ...(filter.nodeId === undefined ? {} : { node_id: filter.nodeId }),
      };
      const [counted] = await db<Row>(table).where(where).count({ total: '*' });
      const rows: Row[] = await db<Row>(table)
        .where(where)
        .orderBy('id', 'desc')
        .limit(perPage)
        .offset((page - 1) * perPage);
      return { distributors: rows.map(toDistributor), total: Number(counted?.total ?? 0) };
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
