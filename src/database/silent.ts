import type { Knex } from 'knex';

/** Turns off Knex's console output, which contains statements with their values. Failures are thrown anyway. */
export const silent: Knex.Logger = { warn: () => {}, error: () => {}, debug: () => {}, deprecate: () => {} };
