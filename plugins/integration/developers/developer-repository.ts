import { findOne, type Knex } from '../../../src/plugin.ts';
import { fromStoredKept, toStoredJson } from '../apigee/apigee-kept.ts';
import { type KeyListQuery, readKeyList, readKeys } from '../apigee/apigee-keys.ts';
import { countRows, type Listed, type OrderedRows } from '../apigee/apigee-lists.ts';
import { batchesOf } from '../batches.ts';
import { createAppRepository } from '../developer-apps/app-repository.ts';
import type { Developer, DeveloperStatus } from './developer.ts';
import { derivedDeveloperId } from './developer-ids.ts';

interface Row {
  organization: string;
  email: string;
  /** Null, like the status and the names of callers, in rows of older processes. */
  id: string | null;
  status: string | null;
  first_name: string;
  last_name: string;
  user_name: string;
  company_name: string;
  attributes: string;
  apps: string;
  kept: string;
  created_at: number;
  created_by: string | null;
  updated_at: number;
  updated_by: string | null;
}

const table = 'integration_developers';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a text from a path is the id of a developer: an e-mail address has an `@`, which no UUID has. */
export const isDeveloperId = (idOrEmail: string): boolean => uuid.test(idOrEmail);

const keyOf = (organization: string, idOrEmail: string) =>
  isDeveloperId(idOrEmail) ? { organization, id: idOrEmail } : { organization, email: idOrEmail };

const byEmail = (organization: string, query: Knex.QueryBuilder): OrderedRows<Row> => ({
  organization,
  query,
  order: ['email', 'asc'],
});

/** Developers that are given ids at once. */
const filledAtOnce = 250;

/** Developers by organization, and by e-mail address or id (in lower case). */
export function createDeveloperRepository(db: Knex) {
  return {
    async insert(developer: Developer): Promise<void> {
      const { organization, email, createdAt, createdBy } = developer;
      const created = { created_at: createdAt, created_by: createdBy };
      await db<Row>(table).insert({ organization, email, ...created, ...toChangeable(developer) });
    },

    /** Finds a developer by the text that a path names it with: its e-mail address or its id. */
    findByIdOrEmail: (organization: string, idOrEmail: string): Promise<Developer | undefined> =>
      findOne(db(table), keyOf(organization, idOrEmail), toDeveloper),

    /** Finds a developer and locks the row: no other transaction can change, delete or subscribe the developer. */
    findByIdOrEmailForUpdate: (organization: string, idOrEmail: string): Promise<Developer | undefined> =>
      findOne(db(table).forUpdate(), keyOf(organization, idOrEmail), toDeveloper),

    count: (organization: string): Promise<number> => countRows(db<Row>(table).where({ organization })),

    /** Lists developers, ordered by e-mail address. */
    list: (organization: string, wanted: KeyListQuery): Promise<Listed<Developer>> =>
      readKeyList(byEmail(organization, db(table).where({ organization })), wanted, toDeveloper),

    /** E-mail addresses in their order. */
    async emails(organization: string, wanted: KeyListQuery): Promise<string[]> {
      const query = db(table).where({ organization }).select('email');
      return readKeys(byEmail(organization, query), wanted, ({ email }) => email);
    },

    /** The developers who have an app of this name, ordered by e-mail address. */
    async listByApp(organization: string, app: string, wanted: KeyListQuery): Promise<Listed<Developer>> {
      const owners = createAppRepository(db).owners(organization, app);
      const query = db(table).where({ organization }).whereIn('email', owners);
      return readKeyList(byEmail(organization, query), wanted, toDeveloper);
    },

    /** Ids by the e-mail addresses of these developers. */
    async ids(organization: string, emails: readonly string[]): Promise<Map<string, string>> {
      const ids = new Map<string, string>();
      for (const some of batchesOf([...new Set(emails)])) {
        const rows = await db<Row>(table).where({ organization }).whereIn('email', some).select('email', 'id');
        for (const { email, id } of rows) ids.set(email, id ?? derivedDeveloperId(organization, email));
      }
      return ids;
    },

    async update(developer: Developer): Promise<void> {
      const { organization, email } = developer;
      await db<Row>(table).where({ organization, email }).update(toChangeable(developer));
    },

    async delete({ organization, email }: Developer): Promise<void> {
      await db<Row>(table).where({ organization, email }).delete();
    },

    /** Gives ids to some developers whose rows have none; resolves to whether there may be more of them. */
    async fillIds(): Promise<boolean> {
      const rows = await db<Row>(table).whereNull('id').select('organization', 'email').limit(filledAtOnce);
      for (const { organization, email } of rows) {
        const id = derivedDeveloperId(organization, email);
        await db<Row>(table).where({ organization, email }).whereNull('id').update({ id });
      }
      return rows.length === filledAtOnce;
    },
  };
}

const toChangeable = (developer: Developer) => ({
  id: developer.id,
  status: developer.status,
  first_name: developer.firstName,
  last_name: developer.lastName,
  user_name: developer.userName,
  company_name: developer.companyName,
  attributes: toStoredJson('attributes', developer.attributes),
  apps: toStoredJson('apps', developer.apps),
  kept: toStoredJson('body', developer.kept),
  updated_at: developer.updatedAt,
  updated_by: developer.updatedBy,
});

/** Older versions kept these members as callers had sent them. */
const ownMembers = new Set(['developerId', 'status']);

function toDeveloper(row: Row): Developer {
  const { organization, email } = row;
  const stored = fromStoredKept(row.kept);
  return {
    organization,
    email,
    id: row.id ?? derivedDeveloperId(organization, email),
    firstName: row.first_name,
    lastName: row.last_name,
    userName: row.user_name,
    companyName: row.company_name,
    status: toStatus(row.status ?? stored.status),
    attributes: JSON.parse(row.attributes),
    apps: JSON.parse(row.apps),
    kept: Object.fromEntries(Object.entries(stored).filter(([name]) => !ownMembers.has(name))),
    createdBy: row.created_by ?? '',
    updatedBy: row.updated_by ?? '',
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

const toStatus = (text: unknown): DeveloperStatus => (text === 'inactive' ? 'inactive' : 'active');
