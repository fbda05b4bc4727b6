import { randomUUID } from 'node:crypto';
import { type Connection, createConnection, type ResultSetHeader } from 'mysql2/promise';

export const subscriptions = 1000;
export const product = 'product';
export const hotDeveloper = 'hot@example.com';
export const developerAt = (index: number): string => `developer${index}@example.com`;

const thresholds = [80, 90, 100, 110, 120];
const target = 1000;
const day = 24 * 3600 * 1_000_000;

/**
 * Fills the tables: developers with one subscription each, every one of a separate plan with five conditions, and one
 * more for the hot subscription.
 */
export async function fill(databaseUrl: string, webhookIds: readonly string[]): Promise<void> {
  const connection = await createConnection(databaseUrl);
  const now = Date.now() * 1000;
  const times = { created_at: now, updated_at: now };
  const own = { organization: 'bench', ...times };
  const insert = (table: string, rows: readonly object[]) => insertRows(connection, `integration_${table}`, rows);
  const names = [...Array.from({ length: subscriptions }, (_, index) => developerAt(index)), hotDeveloper];
  await insert('products', [{ ...own, name: product, display_name: product, kept: '{}' }]);
  const texts = { id: 'package', name: 'Package', display_name: 'Package', description: '', status: 'ACTIVE' };
  await insert('packages', [{ ...own, ...texts }]);
  await insert('package_products', [{ organization: 'bench', package_id: 'package', product_name: product }]);
  await insert(
    'developers',
    names.map((email) => ({ ...own, ...person, email, user_name: email })),
  );
  const plans = names.map((_, index) => `package_plan${index}`);
  await insert(
    'rate_plans',
    plans.map((id) => ({ ...own, ...plan, id, name: id, display_name: id, start_at: now - day, end_at: null })),
  );
  const held = names.map((email, index) => ({ id: randomUUID(), email, planId: plans[index] ?? '' }));
  await insert(
    'subscriptions',
    held.map(({ id, email, planId }) => {
      const dates = { start_at: now - day, end_at: null };
      return { ...own, ...dates, id, developer_email: email, plan_id: planId, quota_target: target };
    }),
  );
  await insert(
    'counters',
    // Counters spread evenly up to 130 % of the target, so that as many thresholds are crossed as in the long run.
    held.map(({ id }, index) => ({
      subscription_id: id,
      cycle: 0,
      used: Math.floor((index * 1.3 * target) / names.length),
    })),
  );
  await insert(
    'conditions',
    plans.flatMap((planId) =>
      thresholds.map((each, index) => conditionRow(planId, each, webhookIds[index] ?? '', own)),
    ),
  );
  await insert(
    'plan_thresholds',
    plans.map((planId) => ({ organization: 'bench', plan_id: planId, thresholds: JSON.stringify(thresholds) })),
  );
  await connection.query('CREATE TABLE bare_counters (id INT PRIMARY KEY, used BIGINT NOT NULL)');
  await insertRows(
    connection,
    'bare_counters',
    names.map((_, id) => ({ id, used: 0 })),
  );
  await connection.end();
}

const person = {
  ...{ first_name: 'A', last_name: 'B', company_name: 'C' },
  ...{ attributes: '[]', apps: '[]', kept: '{}' },
};
const plan = { package_id: 'package', type: 'STANDARD', published: 1, duration_months: 1, kept: '{}' };

function conditionRow(planId: string, threshold: number, webhookId: string, own: object): object {
  const attributes = [
    { id: randomUUID(), attribute: 'RATEPLAN', value: planId },
    { id: randomUUID(), attribute: 'UsageTarget', value: `%= ${threshold}` },
  ];
  return {
    ...own,
    id: randomUUID(),
    plan_id: planId,
    attributes: JSON.stringify(attributes),
    actions: JSON.stringify([{ id: randomUUID(), actionAttribute: 'WEBHOOK', value: webhookId }]),
    thresholds: JSON.stringify([threshold]),
    webhooks: JSON.stringify([webhookId]),
  };
}

async function insertRows(connection: Connection, table: string, rows: readonly object[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).join(',');
  const values = rows.map((row) => Object.values(row));
  await connection.query<ResultSetHeader>(`INSERT INTO ${table} (${columns}) VALUES ?`, [values]);
}

/** The sum of all counters, and the hot one alone. */
export async function readCounters(databaseUrl: string): Promise<{ all: number; hot: number }> {
  const connection = await createConnection(databaseUrl);
  const [rows] = await connection.query(
    `SELECT cast(sum(used) as double) AS all_used, cast(sum(if(s.developer_email = ?, used, 0)) as double) AS hot_used
     FROM integration_counters c JOIN integration_subscriptions s ON s.id = c.subscription_id`,
    [hotDeveloper],
  );
  await connection.end();
  const [found] = rows as { all_used: number; hot_used: number }[];
  return { all: found?.all_used ?? 0, hot: found?.hot_used ?? 0 };
}
