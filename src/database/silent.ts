import type { Knex } from 'knex';

/** Knex would write statements with their values to the console; what goes wrong reaches us as an error. */
export const silent: Knex.Logger = { warn: () => {}, error: () => {}, debug: () => {}, deprecate: () => {} };
