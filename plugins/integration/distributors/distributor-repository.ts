import { type Encryption, findOne, type Knex } from '../../../src/plugin.ts';
import { countRows } from '../apigee/apigee-lists.ts';
import { isOrdered, type StoredSettings } from '../delivery-settings/delivery-columns.ts';
import { ofOrganization } from '../of-organization.ts';
import type { SigningSecrets } from '../signing-secret.ts';
import type { Distributor } from './distributor.ts';
import {
  createDistributorRows,
  type DistributorRows,
  type DistributorRow as Row,
  distributorTable as table,
} from './distributor-rows.ts';

/** A distributor as a recipient of events: the part that enqueueing needs, of which nothing is encrypted. */
export interface Recipient {
  id: string;
  organization: string;
  /** Null, like the path, without a webhook. */
  method: string | null;
  path: string | null;
  /** Whether its deliveries keep the order of acceptance. */
  ordered: boolean;
}

const recipientColumns = ['id', 'organization', 'method', 'path', 'delivery_settings'] as const;

type RecipientRow = Pick<Row, (typeof recipientColumns)[number]>;

export interface ConfiguredDistributor {
  distributor: Distributor;
  stored: StoredSettings;
}

export interface DistributorPage {
  distributors: Distributor[];
  total: number;
}

export type DistributorRepository = ReturnType<typeof createDistributorRepository>;

/** Distributors by organization; credentials and secrets are encrypted in the table. */
export function createDistributorRepository(db: Knex, encryption: Encryption) {
  const rows = createDistributorRows(encryption);
  const { toMetaColumns, toSecretColumns, toDistributor, toSecrets } = rows;

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
    ): Promise<(ConfiguredDistributor & { secrets: SigningSecrets | undefined })[]> {
      const found: Row[] = await db<Row>(table).whereIn('id', ids);
      return found.map((row) => ({ ...withSettings(row, rows), secrets: toSecrets(row) }));
    },

    /** Finds recipients of any organization, by id. */
    async findRecipients(ids: readonly string[]): Promise<ReadonlyMap<string, Recipient>> {
      const found: RecipientRow[] = await db<Row>(table)
        .whereIn('id', [...new Set(ids)])
        .select(recipientColumns);
      return new Map(found.map((row) => [row.id, toRecipient(row)]));
    },

    nodeIds: (organization: string, ids: readonly string[]): Promise<Map<string, string>> =>
      readNodeIds(db, organization, ids),

    /** The ids among these of which the endpoint is turned off. */
    disabled: (organization: string, ids: readonly string[]): Promise<string[]> =>
      db<Row>(table).where({ organization, enabled: false }).whereIn('id', ids).pluck('id'),

    idsOfNode: (organization: string, nodeId: string, limit: number): Promise<string[]> =>
      db<Row>(table).where({ organization, node_id: nodeId }).orderBy('id', 'desc').limit(limit).pluck('id'),

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

    find: (organization: string, id: string): Promise<Distributor | undefined> =>
      findOne(db(table), { organization, id }, toDistributor),

    /** Finds a distributor and locks its row against other transactions. */
    findForUpdate: (organization: string, id: string): Promise<Distributor | undefined> =>
      findOne(db(table).forUpdate(), { organization, id }, toDistributor),

    ...settingsQueries(db, rows),

    count: (organization: string): Promise<number> => countRows(db<Row>(table).where({ organization })),

    /** Lists distributors, newest first; `page` starts at 1. */
    async list(
      filter: { organization: string; nodeId?: string },
      page: number,
      perPage: number,
    ): Promise<DistributorPage> {
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

    delete: (organization: string, id: string): Promise<number> => db<Row>(table).where({ organization, id }).delete(),
  };
}

/** Node ids by the id of the distributor. */
async function readNodeIds(db: Knex, organization: string, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await ofOrganization(db<Row>(table), organization).whereIn('id', ids).select('id', 'node_id');
  return new Map(rows.map(({ id, node_id: nodeId }) => [id, nodeId]));
}

const toRecipient = ({ id, organization, method, path, ...row }: RecipientRow): Recipient => ({
  ...{ id, organization, method, path },
  ordered: isOrdered(row),
});

const withSettings = (row: Row, rows: DistributorRows): ConfiguredDistributor => {
  const distributor = rows.toDistributor(row);
  return { distributor, stored: rows.toSettings(row, distributor) };
};

function settingsQueries(db: Knex, rows: DistributorRows) {
  const configured = (row: Row): ConfiguredDistributor => withSettings(row, rows);
  return {
    findWithSettings: (organization: string, id: string): Promise<ConfiguredDistributor | undefined> =>
      findOne(db(table), { organization, id }, configured),

    /** Finds a distributor with its delivery settings, and locks its row. */
    lockWithSettings: (organization: string, id: string): Promise<ConfiguredDistributor | undefined> =>
      findOne(db(table).forUpdate(), { organization, id }, configured),

    /** Stores the switch and the delivery settings of a distributor. */
    async setSettings({ distributor, stored }: ConfiguredDistributor): Promise<void> {
      const { organization, id, enabled } = distributor;
      await db<Row>(table)
        .where({ organization, id })
        .update({ enabled, ...rows.toSettingsColumns(stored, distributor) });
    },
  };
}
