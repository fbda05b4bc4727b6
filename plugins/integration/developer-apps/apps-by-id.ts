import type { Knex } from '../../../src/plugin.ts';
import { isDeveloperId } from '../developers/developer-repository.ts';
import { createAppRepository, type NamedApp } from './app-repository.ts';

/** Whether a text may be the id of an app; other texts are names, and ids of developers have the same form. */
export const isAppId = (text: string): boolean => isDeveloperId(text.toLowerCase());

/** The apps of an organization by the texts among these that are their ids, in any case. One statement, or none. */
export async function appsById(
  db: Knex,
  organization: string,
  texts: readonly string[],
): Promise<ReadonlyMap<string, NamedApp>> {
  const wanted = [...new Set(texts)].filter(isAppId);
  if (wanted.length === 0) return new Map();
  const apps = await createAppRepository(db).findByIds(
    organization,
    wanted.map((text) => text.toLowerCase()),
  );
  const known = new Map(apps.map((app) => [app.id, app]));
  return new Map(
    wanted.flatMap((text) => {
      const app = known.get(text.toLowerCase());
      return app ? [[text, app] as const] : [];
    }),
  );
}
