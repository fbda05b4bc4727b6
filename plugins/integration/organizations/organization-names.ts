import type { Database, Dispatcher } from '../../../src/plugin.ts';
import { createOrganizationRepository } from './organization-repository.ts';

interface Parts {
  database: Database;
  dispatcher: Pick<Dispatcher, 'deliveries'>;
}

const atOnce = 1000;

/** Reads the names of the organizations that exist, at most `limit` behind `after`, in the order of their bytes. */
export const createOrganizationPages =
  ({ database, dispatcher }: Parts) =>
  async (limit: number, after: string): Promise<string[]> => {
    const [own, others] = await Promise.all([
      database.read((db) => createOrganizationRepository(db, database).namesAfter(after, limit)),
      dispatcher.deliveries.organizations(limit, after),
    ]);
    return [...new Set([...own, ...others])].toSorted(byBytes).slice(0, limit);
  };

/** Reads the names of all organizations that exist. */
export function createOrganizationNames(parts: Parts): () => Promise<string[]> {
  const pageAfter = createOrganizationPages(parts);
  return async () => {
    const names: string[] = [];
    for (;;) {
      const page = await pageAfter(atOnce, names.at(-1) ?? '');
      names.push(...page);
      if (page.length < atOnce) return names;
    }
  };
}

/** The order of the databases, which compare texts by their bytes. */
const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));
