// For Knex's own command line: `npx knex migrate:status`.
import { knexStatus } from './src/cli/knex-status.ts';

export default () => knexStatus(process.env);
