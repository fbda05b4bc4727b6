import { type EncryptedTable, type Encryption, findOne, type Knex } from '../../../src/plugin.ts';
import {
  type DeliveryColumns,
  encryptedDeliveryColumns,
  fromDeliveryColumns,
  isOrdered,
  type StoredSettings,
  toDeliveryColumns,
} from '../delivery-settings/delivery-columns.ts';
import { ofOrganization } from '../of-organization.ts';
import {
  encryptedSecretColumns,
  fromSecretColumns,
  type SecretColumns,
  type SigningSecrets,
  toSecretColumns,
} from '../signing-secret.ts';
import { originOf, type Webhook } from './webhook.ts';
import { createWebhookCountRepository } from './webhook-count-repository.ts';

interface Row extends SecretColumns, DeliveryColumns {
  id: string;
  organization: string;
  name: string;
  post_url: string;
  enabled: boolean | number;
  created_by: string;
  updated_by: string;
  created_at: number;
  updated_at: number;
}

export interface ConfiguredWebhook {
  webhook: Webhook;
  stored: StoredSettings;
}

/** A webhook that is about to be called. `ordered`: its deliveries keep the order of acceptance. */
export type TriggeredWebhook = Webhook & { ordered: boolean };

export interface WebhookFilter {
  organization: string;
  /** Substring of the name. */
  name: string | undefined;
}

export interface WebhookOrder {
  by: 'created' | 'updated' | 'name';
  direction: 'asc' | 'desc';
}

const table = 'integration_webhooks';
export const encryptedWebhooks: EncryptedTable = {
  table,
  key: 'id',
  organization: 'organization',
  columns: [...encryptedSecretColumns, ...encryptedDeliveryColumns],
};
const orderColumns = { created: 'id', updated: 'updated_at', name: 'name' } as const;

export type WebhookRepository = ReturnType<typeof createWebhookRepository>;

/** Webhooks by organization; secrets are encrypted and decrypted here. */
export function createWebhookRepository(db: Knex, encryption: Encryption) {
  const counts = createWebhookCountRepository(db);
  const filtered = ({ organization, name }: WebhookFilter) => {
    const query = db<Row>(table).where({ organization });
    return name === undefined ? query : query.whereRaw('instr(name, ?) > 0', [name]);
  };

  return {
    async insert(webhook: Webhook, secrets: SigningSecrets): Promise<void> {
      const { id, organization, createdBy, createdAt } = webhook;
      await db<Row>(table).insert({
        id,
        organization,
        created_by: createdBy,
        created_at: createdAt,
        ...toChangeable(webhook),
        ...toSecretColumns(secrets, encryption, [table, id, organization]),
      });
      await counts.change(organization, 1);
    },

    find: (organization: string, id: string): Promise<Webhook | undefined> =>
      findOne(db(table), { organization, id }, toWebhook),

    /** Finds a webhook and locks the row: no other transaction can change, delete or trigger the webhook. */
    findForUpdate: (organization: string, id: string): Promise<Webhook | undefined> =>
      findOne(db(table).forUpdate(), { organization, id }, toWebhook),

    ...settingsQueries(db, encryption),

    lockForSending: (organization: string, ids: readonly string[]): Promise<TriggeredWebhook[]> =>
      lockForSending(db, organization, ids),

    /** Like `lockForSending`, without disabled webhooks. */
    lockEnabled: async (organization: string, ids: readonly string[]): Promise<TriggeredWebhook[]> =>
      (await lockForSending(db, organization, ids)).filter(({ enabled }) => enabled),

    /** The ids among these of which the endpoint is turned off. */
    disabled: (organization: string, ids: readonly string[]): Promise<string[]> =>
      db<Row>(table).where({ organization, enabled: false }).whereIn('id', ids).pluck('id'),

    /** Finds webhooks of any organization: the dispatcher knows only their ids. */
    async findMany(ids: readonly string[]): Promise<(ConfiguredWebhook & { secrets: SigningSecrets })[]> {
      const rows: Row[] = await db<Row>(table).whereIn('id', ids);
      return rows.map((row) => ({ ...withSettings(row, encryption), secrets: toSecrets(row, encryption) }));
    },

    addresses: (organization: string, ids: readonly string[]): Promise<Map<string, string>> =>
      readAddresses(db, organization, ids),

    names: (organization: string, ids: readonly string[]): Promise<Map<string, string>> =>
      readNames(db, organization, ids),

    /** Lists the webhooks that match the filter; all of them without a window. */
    async list(
      filter: WebhookFilter,
      { by, direction }: WebhookOrder,
      window?: { limit: number; offset: number },
    ): Promise<Webhook[]> {
      const query = filtered(filter).orderBy(orderColumns[by], direction);
      if (by === 'updated') query.orderBy('id', direction);
      const rows: Row[] = await (window ? query.limit(window.limit).offset(window.offset) : query);
      return rows.map(toWebhook);
    },

    async count(filter: WebhookFilter): Promise<number> {
      if (filter.name === undefined) return counts.find(filter.organization);
      const [counted] = await filtered(filter).count({ total: '*' });
      return Number(counted?.total ?? 0);
    },

    async update(webhook: Webhook): Promise<void> {
      const { organization, id } = webhook;
      await db<Row>(table).where({ organization, id }).update(toChangeable(webhook));
    },

    async delete(organization: string, id: string): Promise<void> {
      await db<Row>(table).where({ organization, id }).delete();
      await counts.change(organization, -1);
    },

    async findSecrets(organization: string, id: string): Promise<SigningSecrets | undefined> {
      const row = await db<Row>(table).where({ organization, id }).first();
      return row?.id === id ? toSecrets(row, encryption) : undefined;
    },

    async setSecrets(organization: string, id: string, secrets: SigningSecrets): Promise<void> {
      await db<Row>(table)
        .where({ organization, id })
        .update(toSecretColumns(secrets, encryption, [table, id, organization]));
    },
  };
}

/**
 * Finds the webhooks that exist and locks them: no other transaction can disable or delete them. Must be called
 * before deliveries to webhooks are enqueued, or a concurrent deletion would not see the new deliveries.
 */
async function lockForSending(db: Knex, organization: string, ids: readonly string[]): Promise<TriggeredWebhook[]> {
  // Locks are taken in sorted order: two transactions cannot deadlock.
  const rows: Row[] = await db<Row>(table).where({ organization }).whereIn('id', ids).orderBy('id').forShare();
  return rows.map((row) => ({ ...toWebhook(row), ordered: isOrdered(row) }));
}

function toSecrets(row: Row, encryption: Encryption): SigningSecrets {
  const secrets = fromSecretColumns(row, encryption, [table, row.id, row.organization]);
  if (!secrets) throw new Error(`webhook ${row.id} has no secret`);
  return secrets;
}

function withSettings(row: Row, encryption: Encryption): ConfiguredWebhook {
  const webhook = toWebhook(row);
  return { webhook, stored: fromDeliveryColumns(row, encryption, ownerOf(webhook)) };
}

function settingsQueries(db: Knex, encryption: Encryption) {
  const configured = (row: Row): ConfiguredWebhook => withSettings(row, encryption);
  return {
    findWithSettings: (organization: string, id: string): Promise<ConfiguredWebhook | undefined> =>
      findOne(db(table), { organization, id }, configured),

    /** Finds a webhook with its delivery settings, and locks the row like `findForUpdate`. */
    lockWithSettings: (organization: string, id: string): Promise<ConfiguredWebhook | undefined> =>
      findOne(db(table).forUpdate(), { organization, id }, configured),

    async setSettings({ webhook, stored }: ConfiguredWebhook): Promise<void> {
      const { organization, id } = webhook;
      await db<Row>(table)
        .where({ organization, id })
        .update(toDeliveryColumns(stored, encryption, ownerOf(webhook)));
    },
  };
}

/** SQLite and the statements of other databases are bounded in the number of their values. */
const idsAtOnce = 500;

/** Addresses by id, of any number of webhooks. */
async function readAddresses(db: Knex, organization: string, ids: readonly string[]): Promise<Map<string, string>> {
  const addresses = new Map<string, string>();
  for (let at = 0; at < ids.length; at += idsAtOnce) {
    const rows = await db<Row>(table)
      .where({ organization })
      .whereIn('id', ids.slice(at, at + idsAtOnce))
      .select('id', 'post_url');
    for (const { id, post_url: address } of rows) addresses.set(id, address);
  }
  return addresses;
}

/** Names by id. */
async function readNames(db: Knex, organization: string, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await ofOrganization(db<Row>(table), organization).whereIn('id', ids).select('id', 'name');
  return new Map(rows.map(({ id, name }) => [id, name]));
}

const ownerOf = (webhook: Webhook) =>
  ({ row: [table, webhook.id, webhook.organization], origin: () => originOf(webhook) }) as const;

const toChangeable = ({ name, postUrl, enabled, updatedBy, updatedAt }: Webhook) => ({
  name,
  post_url: postUrl,
  enabled,
  updated_by: updatedBy,
  updated_at: updatedAt,
});

const toWebhook = (row: Row): Webhook => ({
  id: row.id,
  organization: row.organization,
  name: row.name,
  postUrl: row.post_url,
  enabled: Boolean(row.enabled),
  createdBy: row.created_by,
  updatedBy: row.updated_by,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
