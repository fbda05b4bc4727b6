import { findOne, type Knex } from '../../../src/plugin.ts';
import { fromStoredKept, toStoredJson } from '../apigee/apigee-kept.ts';
import { countRows, type Listed, type ListQuery, readList } from '../apigee/apigee-lists.ts';
import type { Developer } from './developer.ts';

interface Row {
  organization: string;
  email: string;
  first_name: string;
  last_name: string;
  user_name: string;
  company_name: string;
  attributes: string;
  apps: string;
  kept: string;
  created_at: number;
  updated_at: number;
}

const table = 'integration_developers';

/** Developers by organization and e-mail address (in lower case). */
export function createDeveloperRepository(db: Knex) {
  return {
    async insert(developer: Developer): Promise<void> {
      const { organization, email, createdAt } = developer;
      await db<Row>(table).insert({ organization, email, created_at: createdAt, ...toChangeable(developer) });
    },

    find: (organization: string, email: string): Promise<Developer | undefined> =>
      findOne(db(table), { organization, email }, toDeveloper),

    /** Finds a developer and locks the row: no other transaction can change, delete or subscribe the developer. */
    findForUpdate: (organization: string, email: string): Promise<Developer | undefined> =>
      findOne(db(table).forUpdate(), { organization, email }, toDeveloper),

    count: (organization: string): Promise<number> => countRows(db<Row>(table).where({ organization })),

    /** Lists developers, ordered by e-mail address. */
    async list(organization: string, wanted: ListQuery): Promise<Listed<Developer>> {
      const { items, total } = await readList<Row>(db(table).where({ organization }), ['email', 'asc'], wanted);
      return { items: items.map(toDeveloper), total };
    },

    async update(developer: Developer): Promise<void> {
      const { organization, email } = developer;
      await db<Row>(table).where({ organization, email }).update(toChangeable(developer));
    },

    async delete({ organization, email }: Developer): Promise<void> {
      await db<Row>(table).where({ organization, email }).delete();
    },
  };
}

const toChangeable = (developer: Developer) => ({
  first_name: developer.firstName,
  last_name: developer.lastName,
  user_name: developer.userName,
  company_name: developer.companyName,
  attributes: toStoredJson('attributes', developer.attributes),
  apps: toStoredJson('apps', developer.apps),
  kept: toStoredJson('body', developer.kept),
  updated_at: developer.updatedAt,
});

const toDeveloper = (row: Row): Developer => ({
  organization: row.organization,
  email: row.email,
  firstName: row.first_name,
  lastName: row.last_name,
  userName: row.user_name,
  companyName: row.company_name,
  attributes: JSON.parse(row.attributes),
  apps: JSON.parse(row.apps),
  kept: fromStoredKept(row.kept),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
