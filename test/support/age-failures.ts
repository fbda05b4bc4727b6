import type { Database } from '../../src/database/database.ts';

/** Makes the first failures of all endpoints, or of one, older by so many seconds: the clock of a server cannot be set. */
export async function ageFailures({ knex }: Pick<Database, 'knex'>, seconds: number, endpoint?: string): Promise<void> {
  const failing = knex('dispatcher_health').where('failing_since', '>', 0);
  if (endpoint !== undefined) failing.where({ endpoint_id: endpoint });
  await failing.update({ failing_since: knex.raw(`failing_since - ${seconds * 1_000_000}`) });
}
