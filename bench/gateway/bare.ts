// The baseline for the gateway: plain Express and Knex with the same two statements.
import { randomUUIDv7 } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express from 'express';
import createKnex from 'knex';

const knex = createKnex({
  client: 'mysql2',
  connection: process.env.DATABASE_URL ?? '',
  pool: { min: 0, max: 20 },
});
const table = 'integration_distributors';
// As long as the encrypted credentials of the gateway: the statement is the same, without the encryption.
const credentials = 'x'.repeat(100);

const app = express();
app.use(express.json());

app.get('/distributors/:id', async (req, res) => {
  const row = await knex(table).where({ organization: 'bench', id: req.params.id }).first();
  if (row) res.json(row);
  else res.status(404).json({ error: 'not found' });
});

app.post('/distributors/nodes/:node_id', async (req, res) => {
  const { host, path, authentication } = req.body.meta;
  const now = Date.now() * 1000;
  const row = {
    id: randomUUIDv7(),
    organization: 'bench',
    node_id: req.params.node_id,
    created_at: now,
    updated_at: now,
    host,
    path,
    method: 'GET',
    authentication_type: authentication.type,
    credentials,
  };
  await knex.transaction((trx) => trx(table).insert(row));
  res.status(201).json(row);
});

const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`bare listens on http://127.0.0.1:${port}\n`);
});
