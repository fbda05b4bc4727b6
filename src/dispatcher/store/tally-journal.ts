import { randomUUIDv7 } from 'node:crypto';
import type { Database, Knex } from '../../database/database.ts';
import { insertRows } from '../../database/insert-rows.ts';
import type { Health } from '../model/endpoint-health.ts';
import { countNames, type Tally, TallySheet } from '../model/tally.ts';
import { leastFailures } from './statistics-rows.ts';

const table = 'dispatcher_tallies';
/** Tallies of one row: some 100 bytes each. */
const talliesOfRow = 1000;
const rowsAtOnce = 200;
/** Tallies that are added up at once. */
const talliesAtOnce = 5000;

/** A tally as a list: JSON without the names of its members takes half the room. */
type Line = [
  organization: string,
  kind: string,
  id: string,
  bucket: number,
  counts: number[],
  endedAt: number,
  health: HealthLine | null,
];

/** Processes of older versions write the first five members and read no others. */
type HealthLine = [
  attemptAt: number,
  status: number,
  error: string,
  deliveredAt: number,
  failingSince: number,
  host?: string,
  failures?: number,
  recent?: readonly number[],
];

const toLine = ({ organization, endpoint, bucket, health, endedAt, ...counts }: Tally): Line => [
  organization,
  endpoint.kind,
  endpoint.id,
  bucket,
  countNames.map((name) => counts[name]),
  endedAt,
  health ? toHealthLine(health) : null,
];

function toHealthLine({
  attemptAt,
  status,
  error,
  deliveredAt,
  host,
  failingSince,
  failures,
  recent,
}: Health): HealthLine {
  return failures === 0
    ? [attemptAt, status, error, deliveredAt, failingSince, host]
    : [attemptAt, status, error, deliveredAt, failingSince, host, failures, recent];
}

function toHealth([attemptAt, status, error, deliveredAt, failingSince, host = '', ...counted]: HealthLine): Health {
  const [failures, recent] = counted;
  const failed =
    failingSince === 0
      ? { failures: 0, recent: [] }
      : failures === undefined || recent === undefined
        ? leastFailures(failingSince, attemptAt)
        : { failures, recent };
  return { attemptAt, status, error, host, deliveredAt, countedFrom: 0, failingSince, ...failed };
}

function toTally([organization, kind, id, bucket, counts, endedAt, health]: Line): Tally {
  const [accepted = 0, delivered = 0, failed = 0, retried = 0, cancelled = 0] = counts;
  return {
    ...{ organization, endpoint: { kind, id }, bucket, accepted, delivered, failed, retried, cancelled, endedAt },
    health: health ? toHealth(health) : undefined,
  };
}

/**
 * Adds tallies to the journal, in the transaction that they count. It touches no row of another transaction, so it waits for
 * none.
 */
export async function noteTallies(trx: Knex, tallies: readonly Tally[]): Promise<void> {
  const rows: string[][] = [];
  for (let at = 0; at < tallies.length; at += talliesOfRow)
    rows.push([randomUUIDv7(), JSON.stringify(tallies.slice(at, at + talliesOfRow).map(toLine))]);
  if (rows.length > 0) await insertRows(trx, table, ['id', 'content'], rows);
}

/** Whether there are tallies to add up. */
export const hasTallies = async (db: Knex): Promise<boolean> =>
  (await db(table).where('id', '>', '').orderBy('id').first('id')) !== undefined;

/** Tallies out of the journal, added up. */
export interface TakenTallies {
  tallies: readonly Tally[];
  /** False while older ones are left. */
  areAll: boolean;
}

/**
 * Takes the oldest tallies out of the journal; undefined while another process does. That process is the only one until the
 * transaction ends.
 */
export async function takeTallies(
  trx: Knex,
  database: Pick<Database, 'skipLocked' | 'rows' | 'deleteByIds'>,
): Promise<TakenTallies | undefined> {
  const turn = database.rows(await trx.raw(`select id from ${table} where id = ''${database.skipLocked}`));
  if (turn.length === 0) return undefined;
  const rows: { id: string; content: string }[] = await trx(table)
    .where('id', '>', '')
    .orderBy('id')
    .limit(rowsAtOnce)
    .select('id', 'content');
  const sheet = new TallySheet();
  const taken: string[] = [];
  let lines = 0;
  for (const { id, content } of rows) {
    for (const line of JSON.parse(content) as Line[]) {
      sheet.add(toTally(line));
      lines += 1;
    }
    taken.push(id);
    if (lines >= talliesAtOnce) break;
  }
  if (taken.length > 0) await trx.raw(database.deleteByIds(table, 'id', taken));
  return { tallies: sheet.tallies, areAll: rows.length < rowsAtOnce && taken.length === rows.length };
}
