import { dirname } from 'node:path';
import createKnex, { type Knex } from 'knex';
import { createPrivateFolder } from './private-files.ts';
import { silent } from './silent.ts';
import { NodeSqliteClient } from './sqlite-client.ts';

/** A Knex pool of one connection on this file. Creates its folder if it is missing. */
export function openSqlite(file: string): Knex {
  createPrivateFolder(dirname(file));
  return createKnex({
    client: NodeSqliteClient as unknown as typeof Knex.Client,
    connection: { filename: file },
    useNullAsDefault: true,
    log: silent,
    // One connection: SQLite has one writer, and statements are synchronous, so a second reader gains nothing.
    pool: { min: 1, max: 1 },
    acquireConnectionTimeout: 30_000,
  });
}
