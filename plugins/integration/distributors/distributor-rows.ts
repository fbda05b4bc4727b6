import type { EncryptedTable, Encryption } from '../../../src/plugin.ts';
import {
  type DeliveryColumns,
  encryptedDeliveryColumns,
  fromDeliveryColumns,
  type StoredSettings,
  toDeliveryColumns,
} from '../delivery-settings/delivery-columns.ts';
import {
  encryptedSecretColumns,
  fromSecretColumns,
  type SecretColumns,
  type SigningSecrets,
  toSecretColumns,
} from '../signing-secret.ts';
import {
  type Authentication,
  authenticationTypes,
  type Distributor,
  type Meta,
  type Method,
  originOf,
} from './distributor.ts';

export interface DistributorRow extends SecretColumns, DeliveryColumns {
  id: string;
  organization: string;
  node_id: string;
  host: string | null;
  path: string | null;
  method: string | null;
  authentication_type: number | null;
  credentials: string | null;
  enabled: boolean | number;
  created_at: number;
  updated_at: number;
}

export const distributorTable = 'integration_distributors';

export const encryptedDistributors: EncryptedTable = {
  table: distributorTable,
  key: 'id',
  organization: 'organization',
  columns: ['credentials', ...encryptedSecretColumns, ...encryptedDeliveryColumns],
};

export type DistributorRows = ReturnType<typeof createDistributorRows>;

type RowKey = Pick<DistributorRow, 'id' | 'organization'>;

/** Maps distributors to rows and back. Encrypted columns can be decrypted in their own row only. */
export function createDistributorRows(encryption: Encryption) {
  const ownerOf = ({ id, organization }: RowKey) => [distributorTable, id, organization] as const;

  return {
    toDistributor: (row: DistributorRow): Distributor => ({
      id: row.id,
      organization: row.organization,
      nodeId: row.node_id,
      meta: toMeta(row),
      enabled: Boolean(row.enabled),
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    }),

    toMetaColumns: (distributor: Distributor) => {
      const { meta } = distributor;
      const { type, ...secrets } = meta?.authentication ?? {};
      return {
        host: meta?.host ?? null,
        path: meta?.path ?? null,
        method: meta?.method ?? null,
        authentication_type: type ?? null,
        credentials: type === undefined ? null : encryption.encrypt(JSON.stringify(secrets), ownerOf(distributor)),
      };
    },

    toSettings: (row: DistributorRow, distributor: Distributor): StoredSettings =>
      fromDeliveryColumns(row, encryption, { row: ownerOf(row), origin: () => originOf(distributor) }),

    toSettingsColumns: (settings: StoredSettings, distributor: Distributor): DeliveryColumns =>
      toDeliveryColumns(settings, encryption, { row: ownerOf(distributor), origin: () => originOf(distributor) }),

    toSecrets: (row: DistributorRow): SigningSecrets | undefined => fromSecretColumns(row, encryption, ownerOf(row)),

    toSecretColumns: (secrets: SigningSecrets, row: RowKey): SecretColumns =>
      toSecretColumns(secrets, encryption, ownerOf(row)),
  };

  function toMeta(row: DistributorRow): Meta | undefined {
    if (row.host === null || row.path === null || row.method === null) return undefined;
    return { host: row.host, path: row.path, method: row.method as Method, authentication: toAuthentication(row) };
  }

  function toAuthentication(row: DistributorRow): Authentication | undefined {
    if (row.authentication_type === null || row.credentials === null) return undefined;
    const secrets = JSON.parse(encryption.decrypt(row.credentials, ownerOf(row))) as Record<string, string>;
    return row.authentication_type === authenticationTypes.basic
      ? { type: authenticationTypes.basic, username: secrets.username ?? '', password: secrets.password ?? '' }
      : { type: authenticationTypes.token, token: secrets.token ?? '' };
  }
}
