import type { Clock, Dispatcher, Encryption, Knex } from '../../../src/plugin.ts';
import { distributorKind } from '../distributors/distributor.ts';
import { createDistributorRepository } from '../distributors/distributor-repository.ts';
import { webhookKind } from '../webhooks/webhook.ts';
import { createWebhookRepository } from '../webhooks/webhook-repository.ts';

/** `updatedBy` of a webhook that the gateway has disabled. */
const gateway = 'hookgate';

/** Switches an endpoint off in the caller's transaction and holds its deliveries. False: it is off already, or gone. */
export type TurnOff = (trx: Knex.Transaction, organization: string, id: string) => Promise<boolean>;

/** The same as `enabled: false` of a caller, for endpoints that have failed for too long. */
export function createTurnOff({
  encryption,
  dispatcher,
  now,
}: {
  encryption: Encryption;
  dispatcher: Pick<Dispatcher, 'hold'>;
  now: Clock;
}): { distributor: TurnOff; webhook: TurnOff } {
  return {
    async distributor(trx, organization, id) {
      const distributors = createDistributorRepository(trx, encryption);
      const before = await distributors.lockWithSettings(organization, id);
      if (!before?.distributor.enabled) return false;
      await distributors.setSettings({ ...before, distributor: { ...before.distributor, enabled: false } });
      await dispatcher.hold(trx, { kind: distributorKind, id });
      return true;
    },

    async webhook(trx, organization, id) {
      const webhooks = createWebhookRepository(trx, encryption);
      const webhook = await webhooks.findForUpdate(organization, id);
      if (!webhook?.enabled) return false;
      await webhooks.update({ ...webhook, enabled: false, updatedBy: gateway, updatedAt: now() });
      await dispatcher.hold(trx, { kind: webhookKind, id });
      return true;
    },
  };
}
