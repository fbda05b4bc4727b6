import { type Database, type Dispatcher, type Encryption, found, type Knex } from '../../../src/plugin.ts';
import { doesNotExist } from '../apigee/apigee-errors.ts';
import { webhookKind } from '../webhooks/webhook.ts';
import { type ConfiguredWebhook, createWebhookRepository } from '../webhooks/webhook-repository.ts';
import type { StoredSettings } from './delivery-columns.ts';
import type { SettingsInput } from './delivery-schemas.ts';
import { replacedSettings } from './replaced-settings.ts';

export type WebhookSettingsService = ReturnType<typeof createWebhookSettingsService>;

/** Delivery settings of webhooks. Every call acts for one organization and cannot see the rows of another. */
export function createWebhookSettingsService(parts: {
  database: Database;
  encryption: Encryption;
  dispatcher: Pick<Dispatcher, 'setOrdered'>;
}) {
  const { database, encryption, dispatcher } = parts;
  const repository = (db: Knex) => createWebhookRepository(db, encryption);

  return {
    /** Throws `mint.resourceDoesNotExist`. */
    read: (organization: string, id: string): Promise<StoredSettings> =>
      database.read(async (db) => existing(id, await repository(db).findWithSettings(organization, id)).stored),

    /**
     * Writes the settings that `inputOf` makes of the ones before, when the row is locked. Throws `mint.resourceDoesNotExist` or
     * `VALIDATION_ERROR`, and the error of `inputOf`.
     */
    async write(
      trx: Knex.Transaction,
      { organization, id }: { organization: string; id: string },
      inputOf: (before: StoredSettings) => SettingsInput,
    ): Promise<StoredSettings> {
      const { webhook, stored: before } = existing(id, await repository(trx).lockWithSettings(organization, id));
      const stored = replacedSettings(before, inputOf(before), { hasAuthorization: false });
      await repository(trx).setSettings({ webhook, stored });
      const { ordered } = stored.settings;
      if (before.settings.ordered !== ordered) await dispatcher.setOrdered(trx, { kind: webhookKind, id }, ordered);
      return stored;
    },
  };
}

const existing = (id: string, webhook: ConfiguredWebhook | undefined): ConfiguredWebhook =>
  found(webhook, () => doesNotExist('Webhook', id));
