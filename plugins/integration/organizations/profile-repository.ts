import { findOne, type Knex } from '../../../src/plugin.ts';
import type { History } from '../apigee/apigee-history.ts';
import { fromStoredKept, toStoredJson } from '../apigee/apigee-kept.ts';
import { lockLimit } from '../limits/limit-locks.ts';
import type { Organization } from './organization.ts';

interface Row {
  organization: string;
  profile: string;
  settings: string;
  created_by: string;
  updated_by: string;
  created_at: number;
  updated_at: number;
}

const table = 'integration_organizations';

/** Profiles and settings of organizations. */
export function createProfileRepository(db: Knex) {
  const find = async (organization: string): Promise<Organization> =>
    (await findOne(db<Row>(table), { organization }, toOrganization)) ?? nothingAbout(organization);

  return {
    find,

    /** Finds an organization; no other transaction can change it until this one ends, also if it has no row. */
    async findForUpdate(organization: string): Promise<Organization> {
      await lockLimit(db, organization, 'organization');
      return find(organization);
    },

    /** Stores the organization, as `findForUpdate` has found it and with these changes. */
    async save({ name, profile, settings, history }: Organization, now: History): Promise<void> {
      const changeable = {
        profile: toStoredJson('body', profile),
        settings: toStoredJson('body', settings),
        updated_by: now.updatedBy,
        updated_at: now.updatedAt,
      };
      if (history) await db<Row>(table).where({ organization: name }).update(changeable);
      else
        await db<Row>(table).insert({
          ...{ organization: name, created_by: now.createdBy, created_at: now.createdAt },
          ...changeable,
        });
    },
  };
}

const nothingAbout = (name: string): Organization => ({ name, profile: {}, settings: {}, history: undefined });

const toOrganization = (row: Row): Organization => ({
  name: row.organization,
  profile: fromStoredKept(row.profile),
  settings: JSON.parse(row.settings),
  history: {
    createdBy: row.created_by,
    updatedBy: row.updated_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  },
});
