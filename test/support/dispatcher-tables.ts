import { join } from 'node:path';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrations.ts';
import type { TestDatabase } from '../../src/testing/index.ts';

const directory = join(import.meta.dirname, '..', '..', 'migrations', 'dispatcher');

/** A connection pool on a test database with the dispatcher's tables. The caller closes it. */
export async function openDispatcherTables({ env }: TestDatabase, connections: number): Promise<Database> {
  const { DATABASE_URL = '' } = env;
  const database = openDatabase({ DATABASE_URL, DATABASE_POOL_MAX: connections, DATABASE_SSL: 'off' });
  await migrate(database, [{ name: 'dispatcher', directory }]);
  return database;
}
