// Run by a test: applies the migration that introduces events, and kills itself at the query `KILL_AT`, as a crash would.

import { up } from '../../migrations/dispatcher/008_create_events.ts';
import { openDatabase } from '../../src/database/database.ts';

const { DATABASE_URL = '', KILL_AT = '' } = process.env;
const database = openDatabase({ DATABASE_URL, DATABASE_POOL_MAX: 1, DATABASE_SSL: 'off' });
const knex = database.openSingle();
let queries = 0;
knex.on('query', () => {
  queries += 1;
  if (queries === Number(KILL_AT)) process.kill(process.pid, 'SIGKILL');
});
await up(knex);
await knex.destroy();
await database.close();
process.stdout.write(`${queries}\n`);
