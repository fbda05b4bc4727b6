import type { Knex } from 'knex';
import { answeredWithin } from '../answered-within.ts';
import { databaseUnavailable } from '../errors.ts';

const table = 'gateway_write_probes';
/** The probes of several processes rarely share a row, and rows that killed processes leave behind are few. */
const rows = 16;
const timeoutMs = 5000;

/**
 * Writes and deletes a row, in two transactions: within one, an embedded database would write nothing. Rejects with the error
 * of the driver, or with `DATABASE_UNAVAILABLE` after 5 s.
 */
export function writeProbe(knex: Knex, bytes: number): Promise<void> {
  return answeredWithin(timeoutMs, probe(knex, bytes), () => databaseUnavailable('no answer in time'));
}

async function probe(knex: Knex, bytes: number): Promise<void> {
  const id = 1 + Math.floor(Math.random() * rows);
  await knex.raw(`replace into ${table} (id, filler) values (?, ?)`, [id, 'x'.repeat(bytes)]);
  await knex(table).where({ id }).delete();
}
