import { randomUUIDv7 } from 'node:crypto';
import { invalidField } from '../../../src/errors.ts';
import {
  type Clock,
  type Database,
  type Dispatcher,
  type Encryption,
  found,
  type Knex,
  unlessTaken,
} from '../../../src/plugin.ts';
import type { Caller } from '../apigee/apigee-caller.ts';
import { doesNotExist, mintError } from '../apigee/apigee-errors.ts';
import type { StoredSettings } from '../delivery-settings/delivery-columns.ts';
import type { OrganizationLimits } from '../limits/organization-limits.ts';
import { newSecrets } from '../signing-secret.ts';
import { originOf, type Webhook, webhookKind, webhookKinds } from './webhook.ts';
import {
  type ConfiguredWebhook,
  createWebhookRepository,
  type WebhookFilter,
  type WebhookOrder,
} from './webhook-repository.ts';
import type { WebhookBody } from './webhook-schemas.ts';

/** Throws if the caller has not seen this state of the webhook. */
type Check = (before: Webhook) => void;

export type WebhookService = ReturnType<typeof createWebhookService>;

/** Rules of webhooks. Every call acts for one organization and cannot see the rows of another. */
export function createWebhookService(parts: {
  database: Database;
  encryption: Encryption;
  dispatcher: Dispatcher;
  limits: OrganizationLimits;
  now: Clock;
}) {
  const { database, encryption, dispatcher, limits, now } = parts;
  const repository = (db: Knex) => createWebhookRepository(db, encryption);

  return {
    /**
     * Throws `mint.webhookPostUrlRefused` when the gateway would refuse to call this address. May query DNS: do not
     * call it in a transaction.
     */
    checkReachable: (body: WebhookBody): Promise<void> => checkReachable(dispatcher, body),

    /** Throws `mint.webhookNameAlreadyExists` or `LIMIT_REACHED`. */
    async create(db: Knex, caller: Caller, body: WebhookBody): Promise<Webhook> {
      const webhook = newWebhook(caller, body, now());
      const { organization } = caller;
      const count = (each: Knex) => repository(each).count({ organization, name: undefined });
      await limits.creating(db, { organization, kind: 'webhooks', count }, (each) =>
        withUniqueName(webhook, () => repository(each).insert(webhook, newSecrets())),
      );
      return webhook;
    },

    /** Throws `mint.resourceDoesNotExist`. */
    read: (organization: string, id: string): Promise<Webhook> =>
      database.read(async (db) => existing(id, await repository(db).find(organization, id))),

    /** Lists webhooks; all of them without a window. `total` counts all matches of the filter. */
    async list(
      filter: WebhookFilter,
      order: WebhookOrder,
      window: { limit: number; offset: number } | undefined,
    ): Promise<{ webhooks: Webhook[]; total: number }> {
      return database.read(async (db) => {
        const webhooks = await repository(db).list(filter, order, window);
        return { webhooks, total: window ? await repository(db).count(filter) : webhooks.length };
      });
    },

    /**
     * Omitted fields keep their values. Disabling holds the pending deliveries, enabling releases them. `check` sees the webhook
     * before, when its row is locked. Throws `mint.resourceDoesNotExist`, `mint.webhookNameAlreadyExists`, `VALIDATION_ERROR` and
     * the error of `check`.
     */
    async update(
      trx: Knex.Transaction,
      { organization, by }: Caller,
      id: string,
      body: WebhookBody,
      check: Check,
    ): Promise<Webhook> {
      const { webhook: before, stored } = await locked(trx, organization, id);
      check(before);
      const webhook: Webhook = {
        ...before,
        name: body.name ?? before.name,
        postUrl: postUrlOf(body) ?? before.postUrl,
        enabled: body.enabled ?? before.enabled,
        updatedBy: by,
        updatedAt: now(),
      };
      requireHeadersToFit(stored, before, webhook);
      await withUniqueName(webhook, () => repository(trx).update(webhook));
      const endpoint = { kind: webhookKind, id };
      if (before.enabled && !webhook.enabled) await dispatcher.hold(trx, endpoint);
      if (!before.enabled && webhook.enabled) await dispatcher.release(trx, endpoint);
      return webhook;
    },

    /**
     * Deletes a webhook and cancels its pending and held deliveries; an attempt in flight ends by itself. Without
     * `force`, throws `mint.webhookHasPendingDeliveries` if there are unsettled deliveries. `check` sees the webhook, when its row
     * is locked. Throws `mint.resourceDoesNotExist` and the error of `check`.
     */
    async delete(trx: Knex.Transaction, organization: string, id: string, force: boolean, check: Check): Promise<void> {
      const { webhook } = await locked(trx, organization, id);
      check(webhook);
      const { name } = webhook;
      for (const kind of webhookKinds) {
        const endpoint = { kind, id };
        if (!force && (await dispatcher.hasOpen(trx, endpoint))) throw hasPendingDeliveries(id, name);
        await dispatcher.cancel(trx, endpoint);
      }
      await repository(trx).delete(organization, id);
    },
  };

  async function locked(trx: Knex.Transaction, organization: string, id: string): Promise<ConfiguredWebhook> {
    return existing(id, await repository(trx).lockWithSettings(organization, id));
  }
}

async function checkReachable(dispatcher: Dispatcher, body: WebhookBody): Promise<void> {
  const postUrl = postUrlOf(body);
  const refusal = postUrl === undefined ? undefined : await dispatcher.refusalOf(new URL(postUrl));
  if (refusal !== undefined)
    throw mintError(
      400,
      'webhookPostUrlRefused',
      `The postUrl must be an allowed callback address, but it ${refusal}`,
      [{ name: 'postUrl', value: postUrl ?? '' }],
    );
}

/** Throws `VALIDATION_ERROR` if the delivery headers would go to another origin. */
function requireHeadersToFit({ settings }: StoredSettings, before: Webhook, after: Webhook): void {
  if (Object.keys(settings.headers).length > 0 && originOf(before) !== originOf(after))
    throw invalidField('postUrl', 'has another host, but delivery headers are bound to the old one: remove them first');
}

const newWebhook = ({ organization, by }: Caller, body: WebhookBody, time: number): Webhook => ({
  id: randomUUIDv7(),
  organization,
  name: body.name ?? '',
  postUrl: postUrlOf(body) ?? '',
  enabled: body.enabled ?? false,
  createdBy: by,
  updatedBy: by,
  createdAt: time,
  updatedAt: time,
});

const existing = <T>(id: string, webhook: T | undefined): T => found(webhook, () => doesNotExist('Webhook', id));

const hasPendingDeliveries = (id: string, name: string): Error =>
  mintError(
    409,
    'webhookHasPendingDeliveries',
    `Webhook with name [${name}] has deliveries that are pending, held or in flight; use forceDelete=true to cancel them`,
    [{ name: 'id', value: id }],
  );

function postUrlOf({ postURL, postUrl }: WebhookBody): string | undefined {
  if (postURL !== undefined && postUrl !== undefined && postURL !== postUrl)
    throw invalidField('postUrl', 'must equal postURL when both are sent; send only one of them');
  return postURL ?? postUrl;
}

const withUniqueName = ({ name }: Webhook, work: () => Promise<void>): Promise<void> =>
  unlessTaken(work(), () =>
    mintError(409, 'webhookNameAlreadyExists', `Webhook with name [${name}] already exists`, [
      { name: 'name', value: name },
    ]),
  );
