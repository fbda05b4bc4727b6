import { invalidField } from '../../../src/errors.ts';
import type { Clock, Database, Knex } from '../../../src/plugin.ts';
import type { Attribute } from '../apigee/apigee-attributes.ts';
import type { Caller } from '../apigee/apigee-caller.ts';
import type { WithKept } from '../apigee/apigee-kept.ts';
import type { Organization } from './organization.ts';
import { createProfileRepository } from './profile-repository.ts';
import type { ProfileInput, SettingsInput } from './profile-schemas.ts';
import { monetization } from './profile-view.ts';

export type ProfileService = ReturnType<typeof createProfileService>;

/** The profiles and settings of organizations. Every organization that a caller may act for exists. */
export function createProfileService({ database, now }: { database: Database; now: Clock }) {
  async function change(
    trx: Knex,
    { organization, by }: Caller,
    changed: (before: Organization) => Pick<Organization, 'profile' | 'settings'>,
  ): Promise<Organization> {
    const profiles = createProfileRepository(trx);
    const before = await profiles.findForUpdate(organization);
    const time = now();
    const history = { createdBy: by, createdAt: time, ...before.history, updatedBy: by, updatedAt: time };
    const after = { ...before, ...changed(before) };
    await profiles.save(after, history);
    return { ...after, history };
  }

  return {
    read: (organization: string): Promise<Organization> =>
      database.read((db) => createProfileRepository(db).find(organization)),

    /** Omitted members keep their values. */
    updateProfile: (trx: Knex, caller: Caller, { kept, currency }: WithKept<ProfileInput>): Promise<Organization> =>
      change(trx, caller, ({ profile, settings }) => ({
        settings,
        profile: { ...profile, ...kept, ...(currency === undefined ? {} : { currency }) },
      })),

    /** Omitted members keep their values; properties are replaced. Throws `VALIDATION_ERROR` about `properties`. */
    async updateSettings(trx: Knex, caller: Caller, input: SettingsInput): Promise<Organization> {
      const { properties, ...others } = input;
      const own = properties && { properties: withoutOwn(properties.property) };
      return change(trx, caller, ({ profile, settings }) => ({
        profile,
        settings: { ...settings, ...others, ...own },
      }));
    },
  };
}

/** Clients send back the properties that they have read, with the one that is fixed. */
function withoutOwn(properties: readonly Attribute[]): Attribute[] {
  if (properties.some(({ name, value }) => name === monetization.name && value !== monetization.value))
    throw invalidField('properties', `must not turn off ${monetization.name}`);
  return properties.filter(({ name }) => name !== monetization.name);
}
