import { type Clock, type Database, type Encryption, formatSecret, type Knex } from '../../../src/plugin.ts';
import { doesNotExist } from '../apigee/apigee-errors.ts';
import { rotateSecrets, type SigningSecrets } from '../signing-secret.ts';
import { createWebhookRepository } from './webhook-repository.ts';

export type WebhookSecretService = ReturnType<typeof createWebhookSecretService>;

/** Signing secrets of webhooks. Every call acts for one organization and cannot see the rows of another. */
export function createWebhookSecretService(parts: { database: Database; encryption: Encryption; now: Clock }) {
  const { database, encryption, now } = parts;
  const repository = (db: Knex) => createWebhookRepository(db, encryption);

  return {
    /** The current signing secret. Throws `mint.resourceDoesNotExist`. */
    read: (organization: string, id: string): Promise<string> =>
      database.read(async (db) => formatSecret((await find(db, organization, id)).current)),

    /** Creates a new secret; both sign for a day. Throws `mint.resourceDoesNotExist`. */
    async rotate(trx: Knex, organization: string, id: string): Promise<string> {
      await repository(trx).findForUpdate(organization, id);
      const rotated = rotateSecrets(await find(trx, organization, id), now());
      await repository(trx).setSecrets(organization, id, rotated);
      return formatSecret(rotated.current);
    },
  };

  async function find(db: Knex, organization: string, id: string): Promise<SigningSecrets> {
    const secrets = await repository(db).findSecrets(organization, id);
    if (!secrets) throw doesNotExist('Webhook', id);
    return secrets;
  }
}
