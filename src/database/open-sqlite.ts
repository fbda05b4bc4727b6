import type { DatabaseSync } from 'node:sqlite';
import createKnex, { type Knex } from 'knex';
import { silent } from './silent.ts';
import { inMemory, NodeSqliteClient } from './sqlite-client.ts';

/** A Knex pool of one connection on this file. The first connection creates the file and its folder. */
export const openSqlite = (file: string): Knex => createKnex(configOf(file));

/** An empty database in memory. The caller destroys it. */
export const openScratch = (): Knex => createKnex(configOf(inMemory));

/** Knex's configuration of a database in memory that `fill` fills. */
export const scratchOf = (fill: (database: DatabaseSync) => void): Knex.Config => configOf(inMemory, fill);

const configOf = (filename: string, fill: (database: DatabaseSync) => void = () => undefined): Knex.Config => ({
  client: NodeSqliteClient as unknown as typeof Knex.Client,
  connection: { filename },
  useNullAsDefault: true,
  log: silent,
  // One connection: SQLite has one writer, and statements are synchronous, so a second reader gains nothing.
  pool: {
    min: 1,
    max: 1,
    afterCreate: (connection: DatabaseSync, done: (error: null, connection: DatabaseSync) => void) => {
      fill(connection);
      done(null, connection);
    },
  },
  acquireConnectionTimeout: 30_000,
});
