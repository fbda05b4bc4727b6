import type { Database } from '../../../src/plugin.ts';
import { createDeveloperRepository } from './developer-repository.ts';

/** Stores the ids of developers whose rows older processes wrote, so that paths find them by id. */
export async function fillDeveloperIds(database: Database): Promise<void> {
  while (await database.transaction((trx) => createDeveloperRepository(trx).fillIds()));
}
