import type { Knex } from '../../../src/plugin.ts';
import { createAppRepository } from '../developer-apps/app-repository.ts';
import type { Developer } from './developer.ts';

/** Developers of one organization, with the names of their apps after the names in their own rows. */
export async function withAppNames(db: Knex, developers: readonly Developer[]): Promise<Developer[]> {
  const [first] = developers;
  if (!first) return [];
  const emails = developers.map(({ email }) => email);
  const names = await createAppRepository(db).namesByDeveloper(first.organization, emails);
  return developers.map((developer) => ({
    ...developer,
    apps: [...new Set([...developer.apps, ...(names.get(developer.email) ?? [])])],
  }));
}

/** The same for one developer. */
export const withOwnAppNames = async (db: Knex, developer: Developer): Promise<Developer> =>
  (await withAppNames(db, [developer]))[0] ?? developer;

/** Given names without those of the developer's apps: clients send back what they have read. */
export async function withoutAppNames(trx: Knex, developer: Developer, given: readonly string[]): Promise<string[]> {
  const own = await withOwnAppNames(trx, { ...developer, apps: [] });
  return given.filter((name) => !own.apps.includes(name));
}
