import type { Knex } from '../../../src/plugin.ts';

interface Row {
  organization: string;
  total: number;
}

const table = 'integration_webhook_counts';

/** The number of webhooks of each organization. */
export function createWebhookCountRepository(db: Knex) {
  return {
    async find(organization: string): Promise<number> {
      const row = await db<Row>(table).where({ organization }).first('total');
      return row?.total ?? 0;
    },

    /**
     * Must be the last statement of its transaction: the lock on this row blocks other creations and deletions in the
     * organization.
     */
    async change(organization: string, change: 1 | -1): Promise<void> {
      await db<Row>(table)
        .insert({ organization, total: change })
        .onConflict('organization')
        .merge({ total: db.raw('?? + ?', [`${table}.total`, change]) });
    },
  };
}
