import type { Clock, Database } from '../../../src/plugin.ts';
import type { AttributeStore } from '../apigee/apigee-attribute-routes.ts';
import { findDeveloper, lockDeveloper } from './developer-look-up.ts';
import { createDeveloperRepository } from './developer-repository.ts';

/** Custom attributes of developers. */
export const createDeveloperAttributes = ({
  database,
  now,
}: {
  database: Database;
  now: Clock;
}): AttributeStore<{ email: string }> => ({
  read: async (organization, { email }) =>
    (await database.read((db) => findDeveloper(db, organization, email))).attributes,
  async change(trx, { organization, by }, { email }, change) {
    const developer = await lockDeveloper(trx, organization, email);
    const changed = { ...developer, attributes: change(developer.attributes), updatedBy: by, updatedAt: now() };
    await createDeveloperRepository(trx).update(changed);
  },
});
