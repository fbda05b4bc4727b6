import { invalidField } from '../../../src/errors.ts';
import { type Database, type Dispatcher, type Encryption, found, type Knex } from '../../../src/plugin.ts';
import { distributorKind, originOf } from '../distributors/distributor.ts';
import { type ConfiguredDistributor, createDistributorRepository } from '../distributors/distributor-repository.ts';
import { eventTypesOf, setEventTypes } from '../event-subscriptions/event-subscriptions.ts';
import type { DistributorSettingsInput } from './delivery-schemas.ts';
import type { DistributorDelivery } from './delivery-view.ts';
import { replacedSettings } from './replaced-settings.ts';

export type DistributorSettingsService = ReturnType<typeof createDistributorSettingsService>;

/** Delivery settings of distributors. Every call acts for one organization and cannot see the rows of another. */
export function createDistributorSettingsService(parts: {
  database: Database;
  encryption: Encryption;
  dispatcher: Dispatcher;
}) {
  const { database, encryption, dispatcher } = parts;
  const repository = (db: Knex) => createDistributorRepository(db, encryption);

  return {
    /** Throws `NOT_FOUND`. */
    read: (organization: string, id: string): Promise<DistributorDelivery> =>
      database.read(async (db) =>
        withEventTypes(db, found(await repository(db).findWithSettings(organization, id), missing)),
      ),

    /**
     * Writes the settings that `inputOf` makes of the ones before, when the row is locked. Disabling the distributor holds its
     * deliveries, enabling releases them. Throws `NOT_FOUND` or `VALIDATION_ERROR`, and the error of `inputOf`.
     */
    async write(
      trx: Knex.Transaction,
      { organization, id }: { organization: string; id: string },
      inputOf: (before: DistributorDelivery) => DistributorSettingsInput,
    ): Promise<DistributorDelivery> {
      const before = found(await repository(trx).lockWithSettings(organization, id), missing);
      const input = inputOf(await withEventTypes(trx, before));
      const { distributor } = before;
      if (Object.keys(input.headers).length > 0 && originOf(distributor) === undefined)
        throw invalidField('headers', 'cannot be set on a distributor without meta: they are bound to its host');
      const credentials = { hasAuthorization: distributor.meta?.authentication !== undefined };
      const after: ConfiguredDistributor = {
        distributor: { ...distributor, enabled: input.enabled },
        stored: replacedSettings(before.stored, input, credentials),
      };
      await repository(trx).setSettings(after);
      await setEventTypes(trx, organization, id, input.event_types);
      const endpoint = { kind: distributorKind, id };
      const { ordered } = after.stored.settings;
      if (before.stored.settings.ordered !== ordered) await dispatcher.setOrdered(trx, endpoint, ordered);
      if (distributor.enabled && !input.enabled) await dispatcher.hold(trx, endpoint);
      if (!distributor.enabled && input.enabled) await dispatcher.release(trx, endpoint);
      return withEventTypes(trx, after);
    },
  };
}

const missing = 'There is no such distributor.';

async function withEventTypes(
  db: Knex,
  { distributor: { id, enabled }, stored }: ConfiguredDistributor,
): Promise<DistributorDelivery> {
  const eventTypes = (await eventTypesOf(db, [id])).get(id) ?? [];
  return { enabled, eventTypes, stored };
}
