import type { Encryption, Knex } from '../../../src/plugin.ts';
import { fromSecretColumns, type SecretColumns, type SigningSecrets, toSecretColumns } from '../signing-secret.ts';
import { type Authentication, authenticationTypes, type Distributor, type Meta, type Method } from './distributor.ts';

interface Row extends SecretColumns {
  id: string;
  organization: string;
  node_id: string;
  host: string | null;
  path: string | null;
  method: string | null;
  authentication_type: number | null;
  credentials: string | null;
  created_at: number;
  updated_at: number;
}

export interface Page {
  distributors: Distributor[];
  total: number;
}

const table = 'integration_distributors';

export type DistributorRepository = ReturnType<typeof createDistributorRepository>;

/** Distributors by organization; credentials are encrypted and decrypted here. */
export function createDistributorRepository(db: Knex, encryption: Encryption) {
  return {
    async insert(distributor: Distributor, secrets: SigningSecrets): Promise<void> {
      await db<Row>(table).insert({
        id: distributor.id,
        organization: distributor.organization,
        node_id: distributor.nodeId,
        created_at: distributor.createdAt,
        updated_at: distributor.updatedAt,
        ...toMetaColumns(distributor),
        ...toSecretColumns(secrets, encryption, [table, distributor.id, distributor.organization]),
      });
    },

    /** Finds distributors of any organization: the dispatcher knows only their ids. */
    async findMany(
      ids: readonly string[],
    ): Promise<{ distributor: Distributor; secrets: SigningSecrets | undefined }[]> {
      const rows: Row[] = await db<Row>(table).whereIn('id', ids);
      return rows.map((row) => ({ distributor: toDistributor(row), secrets: toSecrets(row) }));
    },

    /** Finds all distributors of a node, to send them an event. */
    async findByNode(organization: string, nodeId: string): Promise<Distributor[]> {
      const rows: Row[] = await db<Row>(table).where({ organization, node_id: nodeId }).orderBy('id');
      return rows.map(toDistributor);
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
      await db<Row>(table)
        .where({ organization, id })
        .update(toSecretColumns(secrets, encryption, [table, id, organization]));
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

  function toMetaColumns({ meta, id, organization }: Distributor) {
    const { type, ...secrets } = meta?.authentication ?? {};
    return {
      host: meta?.host ?? null,
      path: meta?.path ?? null,
      method: meta?.method ?? null,
      authentication_type: type ?? null,
      credentials: type === undefined ? null : encryption.encrypt(JSON.stringify(secrets), [table, id, organization]),
    };
  }

  function toSecrets(row: Row): SigningSecrets | undefined {
    return fromSecretColumns(row, encryption, [table, row.id, row.organization]);
  }

  function toDistributor(row: Row): Distributor {
    return {
      id: row.id,
      organization: row.organization,
      nodeId: row.node_id,
      meta: toMeta(row),
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    };
  }

  function toMeta(row: Row): Meta | undefined {
    if (row.host === null || row.path === null || row.method === null) return undefined;
    return { host: row.host, path: row.path, method: row.method as Method, authentication: toAuthentication(row) };
  }

  function toAuthentication({
    id,
    organization,
    authentication_type: type,
    credentials,
  }: Row): Authentication | undefined {
    if (type === null || credentials === null) return undefined;
    const secrets = JSON.parse(encryption.decrypt(credentials, [table, id, organization])) as Record<string, string>;
    return type === authenticationTypes.basic
      ? { type: authenticationTypes.basic, username: secrets.username ?? '', password: secrets.password ?? '' }
      : { type: authenticationTypes.token, token: secrets.token ?? '' };
  }
}
