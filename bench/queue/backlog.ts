import type { Database } from '../../src/database/database.ts';
import { insertRows } from '../../src/database/insert-rows.ts';
import { storedStatus } from '../../src/dispatcher/model/delivery.ts';
import { endpointKey } from '../../src/dispatcher/model/endpoint.ts';
import { eventTable } from '../../src/dispatcher/store/event-repository.ts';
import { deliveryTable, queueTable } from '../../src/dispatcher/store/queue-repository.ts';
import { payloadBytes, payloadOf } from '../dispatcher/runner.ts';

/** Test rows for the queue, generated inside the database from a table of endpoints. */
export interface Backlog {
  /** Adds the events and deliveries that the queue rows refer to; to be called first. */
  addDeliveries(rows: number): Promise<void>;
  /** Adds queue rows until there are `rows` of them, and updates the index statistics. */
  growQueueTo(rows: number, shape: BacklogShape): Promise<void>;
}

export interface BacklogShape {
  readonly endpoints: number;
  /** Microseconds: due times are spread evenly over this span, in random order. */
  readonly from: number;
  readonly to: number;
}

const endpointTable = 'bench_endpoints';
const maxEndpoints = 100_000;
/** Few enough for a statement to hold its locks only briefly. */
const rowsAtOnce = 5_000;

/** `prefix`: beginning of the endpoint names. */
export async function createBacklog(database: Database, prefix: string): Promise<Backlog> {
  const { knex } = database;
  await createEndpoints(database, prefix);
  const deliveryId = `concat('00000000-0000-7000-8000-', lpad(? + r.number, 12, '0'))`;

  return {
    async addDeliveries(rows) {
      for (const [first, count] of stretches(0, rows)) {
        await knex.raw(
          `insert into ${eventTable} (id, last_id, organization, type, payload, accepted_at)
           select ${deliveryId}, ${deliveryId}, 'bench', 'bench', ?, 0 from ${endpointTable} r where r.number < ?`,
          [first, first, payloadOf(payloadBytes), count],
        );
        await knex.raw(
          `insert into ${deliveryTable} (id, event_id, organization, endpoint_kind, endpoint_id, type, status, attempt_count, created_at)
           select ${deliveryId}, ${deliveryId}, 'bench', 'bench', r.id, 'bench', ?, 0, 0 from ${endpointTable} r where r.number < ?`,
          [first, first, storedStatus.open, count],
        );
      }
    },
    async growQueueTo(rows, { endpoints, from, to }) {
      const [counted] = await knex(queueTable).count({ there: '*' });
      for (const [first, count] of stretches(Number(counted?.there), rows))
        await knex.raw(
          `insert into ${queueTable} (delivery_id, endpoint_key, endpoint_kind, endpoint_id, due_at, held, lease_until, attempt_count, retries, unknowns)
           select ${deliveryId}, e.endpoint_key, 'bench', e.id, ? + floor(rand() * ?), 0, 0, 0, 0, 0
           from ${endpointTable} r join ${endpointTable} e on e.number = (? + r.number) % ? where r.number < ?`,
          [first, from, to - from, first, endpoints, count],
        );
      await knex.raw(`analyze table ${queueTable}`);
    },
  };
}

function* stretches(from: number, to: number): Generator<[first: number, count: number]> {
  for (let first = from; first < to; first += rowsAtOnce) yield [first, Math.min(rowsAtOnce, to - first)];
}

async function createEndpoints({ knex }: Database, prefix: string): Promise<void> {
  await knex.schema.dropTableIfExists(endpointTable);
  await knex.schema.createTable(endpointTable, (columns) => {
    columns.integer('number').primary();
    columns.string('id', 64).notNullable();
    columns.bigInteger('endpoint_key').notNullable();
  });
  for (let at = 0; at < maxEndpoints; at += rowsAtOnce) {
    const rows = Array.from({ length: rowsAtOnce }, (_, index) => {
      const id = `${prefix}${at + index}`;
      return [at + index, id, endpointKey({ kind: 'bench', id })];
    });
    await insertRows(knex, endpointTable, ['number', 'id', 'endpoint_key'], rows);
  }
}
